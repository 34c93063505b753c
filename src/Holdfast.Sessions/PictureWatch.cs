using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// Says when the pictures have become fewer or smaller, or whole again: what lasts is worth a word to the person, what passes in a moment is not.
/// </summary>
internal sealed class PictureWatch
{
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LastingBetter = TimeSpan.FromSeconds(4);

    private PictureQuality _now;
    private TimeSpan _since;

    /// <summary>What was told last.</summary>
    public PictureQuality Told { get; private set; }

    /// <summary>Looks at it again.</summary>
    /// <param name="time">On the media clock.</param>
    /// <param name="quality">What it is.</param>
    /// <returns>Whether there is something to tell.</returns>
    public bool Look(TimeSpan time, PictureQuality quality)
    {
        if (quality != _now)
        {
            (_now, _since) = (quality, time);
        }

        if (_now == Told || time - _since < (_now > Told ? Lasting : LastingBetter))
        {
            return false;
        }

        Told = _now;
        return true;
    }
}
