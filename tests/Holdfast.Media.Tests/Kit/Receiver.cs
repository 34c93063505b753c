namespace Holdfast.Media.Tests;

/// <summary>Keeps all that is sent to it.</summary>
internal sealed class Receiver : IMediaSink
{
    internal List<(TimeSpan MediaTime, byte[] Opus, bool Silent)> Sounds { get; } = [];

    internal List<(TimeSpan MediaTime, byte[] Vp8, bool IsKeyFrame)> Pictures { get; } = [];

    /// <summary>How many sounds there were each time when all was to leave.</summary>
    internal List<int> Flushes { get; } = [];

    public void Flush() => Flushes.Add(Sounds.Count);

    public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place) => Sounds.Add((mediaTime, opus.ToArray(), silent));

    public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => Pictures.Add((mediaTime, picture.Bytes.ToArray(), picture.IsKeyFrame));
}
