using Holdfast.Media;

namespace Holdfast.Sessions.Tests.Kit;

/// <summary>Takes what a session shows and notes what comes.</summary>
internal sealed class TakenOutput : ISessionOutput
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan Time, bool IsSilent)> _sound = [];
    private readonly List<(TimeSpan Time, bool IsKeyFrame)> _pictures = [];

    /// <summary>What it throws, when it does.</summary>
    public Exception? Throws { get; set; }

    public bool WantsKeyFrame { get; set; }

    public int Ends { get; private set; }

    public int Sounding => Count(static self => self._sound.Count(static packet => !packet.IsSilent));

    public int Silent => Count(static self => self._sound.Count(static packet => packet.IsSilent));

    public int Pictures => Count(static self => self._pictures.Count);

    public int KeyFrames => Count(static self => self._pictures.Count(static picture => picture.IsKeyFrame));

    public bool BeginsWithKeyFrame => _pictures.Count > 0 && _pictures[0].IsKeyFrame;

    /// <summary>Whether each 20 ms came once, in order, from the first to the last.</summary>
    public bool IsUnbroken => _sound.Zip(_sound.Skip(1)).All(static pair => pair.Second.Time - pair.First.Time == TimeSpan.FromMilliseconds(20));

    public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
    {
        lock (_gate)
        {
            _sound.Add((mediaTime, silent));
        }

        if (Throws is { } exception)
        {
            throw exception;
        }
    }

    public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture)
    {
        lock (_gate)
        {
            _pictures.Add((mediaTime, picture.IsKeyFrame));
        }
    }

    public void OnEnded() => Ends++;

    private int Count(Func<TakenOutput, int> count)
    {
        lock (_gate)
        {
            return count(this);
        }
    }
}
