using Holdfast.Media;

namespace Holdfast.VoiceBench;

/// <summary>Who watches and hears it: takes all of it, and tells what went wrong.</summary>
internal sealed class Nobody : IShowObserver, IMediaSink
{
    public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
    {
    }

    public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture)
    {
    }

    public void UtteranceStarted(string utteranceId)
    {
    }

    public void UtteranceEnded(string utteranceId, UtteranceEnd end)
    {
    }

    public void UtteranceFailed(string utteranceId, UtteranceFault fault) => Console.Error.WriteLine($"{utteranceId}: {fault}");
}
