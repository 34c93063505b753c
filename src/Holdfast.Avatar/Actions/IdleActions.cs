using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>
/// What an avatar does of its own accord when nothing was said for a while: the actions of its manifest in turn. Belongs to the pacing thread, so it costs nothing while nobody
/// watches.
/// </summary>
internal sealed class IdleActions
{
    private ActionLibrary? _library;
    private Clip? _clip;
    private int _block;
    private int _quiet;
    private int _next;

    /// <summary>What is being played; null where nothing is.</summary>
    public Clip? Clip => _clip;

    /// <summary>Which 20 ms of it are played.</summary>
    public int Block => _block;

    /// <summary>Something else happens: what was being played is given up, and the time begins anew.</summary>
    public void Stop() => (_clip, _block, _quiet) = (null, 0, 0);

    /// <summary>20 ms in which nothing is said.</summary>
    /// <param name="library">Whose actions.</param>
    /// <param name="isWaiting">Whether there is something to be said that has not come yet: nothing is begun then.</param>
    /// <param name="pcm">Receives sound.</param>
    /// <returns>Whether there is any.</returns>
    public bool Tick(ActionLibrary library, bool isWaiting, Span<short> pcm)
    {
        if (!ReferenceEquals(library, _library))
        {
            _library = library;
            Stop();
        }

        if (library.SilentAfter is not { } after)
        {
            return false;
        }

        if (_clip is null)
        {
            _quiet++;
            if (isWaiting || _quiet * SoundFormat.FrameDuration < after)
            {
                return false;
            }

            // One that is not ready is passed over.
            (_quiet, _block) = (0, 0);
            return library.TryGet(library.WhenSilent[_next++ % library.WhenSilent.Count], out _clip) && _clip.ReadSound(0, pcm);
        }

        if (++_block >= _clip.Blocks)
        {
            Stop();
            return false;
        }

        return _clip.ReadSound(_block, pcm);
    }
}
