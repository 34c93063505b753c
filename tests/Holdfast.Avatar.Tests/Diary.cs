using System.Threading.Channels;
using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>Writes down what a show tells.</summary>
internal sealed class Diary : IShowObserver
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    public List<string> Lines { get; } = [];

    public void UtteranceStarted(string utteranceId) => Write($"started {utteranceId}");

    public void WordReached(string utteranceId, int textOffset, int textLength) => Write($"word {utteranceId} {textOffset}+{textLength}");

    public void UtteranceEnded(string utteranceId, UtteranceEnd end) => Write($"{end} {utteranceId}");

    public void UtteranceFailed(string utteranceId, UtteranceFault fault) => Write($"failed {utteranceId}: {fault}");

    public void VoiceFellBack(string utteranceId, string voice, UtteranceFault fault) => Write($"fell back {utteranceId}: {voice} {fault}");

    public bool Has(string line)
    {
        lock (Lines)
        {
            return Lines.Contains(line, StringComparer.Ordinal);
        }
    }

    private void Write(string line)
    {
        lock (Lines)
        {
            Lines.Add(line);
        }

        _told.Writer.TryWrite(line);
    }
}
