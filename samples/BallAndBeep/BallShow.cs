using System.Collections.Concurrent;
using Holdfast.Media;

namespace BallAndBeep;

/// <summary>A ball that bounces over a wide picture; for each letter of a text it beeps, the higher the later in the alphabet.</summary>
internal sealed class BallShow(IShowObserver observer) : IShow
{
    private const int SamplesPerRead = 960; // 20 ms at 48 kHz
    private const int ReadsPerLetter = 5;
    private const int Radius = 24;

    private readonly ConcurrentQueue<Utterance> _waiting = new();
    private Utterance? _spoken;
    private int _reads;
    private double _phase;
    private volatile bool _isInterrupted;

    /// <summary>Any even size will do.</summary>
    public VideoFormat VideoFormat => new(640, 360, 25);

    // Every picture is drawn: there is no loop of doing nothing.
    public EncodedLoop? IdleLoop => null;

    public bool IsIdle => false;

    public bool ReadAudio(Span<short> pcm)
    {
        if (_isInterrupted && _spoken is not null)
        {
            End(UtteranceEnd.Interrupted);
        }

        _isInterrupted = false;
        if (_spoken is null)
        {
            if (!_waiting.TryDequeue(out _spoken))
            {
                return false;
            }

            _reads = 0;
            observer.UtteranceStarted(_spoken.Id);
        }

        var letter = char.ToLowerInvariant(_spoken.Text[_reads / ReadsPerLetter]);
        var pitch = char.IsLetter(letter) ? 300 + 40 * (letter - 'a') % 2_000 : 0;
        for (var i = 0; i < SamplesPerRead; i++)
        {
            pcm[i] = pitch == 0 ? (short)0 : (short)(6_000 * Math.Sin(_phase));
            _phase += 2 * Math.PI * pitch / 48_000;
        }

        if (++_reads == _spoken.Text.Length * ReadsPerLetter)
        {
            End(UtteranceEnd.Finished);
        }

        return true;
    }

    public void Draw(long frameIndex, I420Picture picture)
    {
        picture.Y.Fill(40);
        picture.U.Fill(128);
        picture.V.Fill(128);
        var x = Bounce(frameIndex * 7, picture.Width - 2 * Radius) + Radius;
        var y = Bounce(frameIndex * 4, picture.Height - 2 * Radius) + Radius;
        for (var row = y - Radius; row < y + Radius; row++)
        {
            var half = (int)Math.Sqrt(Radius * Radius - (row - y) * (row - y));
            picture.Y.Slice(row * picture.Width + x - half, 2 * half).Fill(200);
        }
    }

    public SayResult Say(Utterance utterance)
    {
        if (utterance.Text.Length == 0)
        {
            return SayResult.NothingToSay;
        }

        if (_waiting.Count >= 20)
        {
            return SayResult.QueueFull;
        }

        _waiting.Enqueue(utterance);
        return SayResult.Accepted;
    }

    public int Interrupt()
    {
        var stopped = _spoken is null ? 0 : 1;
        _isInterrupted = true;
        while (_waiting.TryDequeue(out var forgotten))
        {
            observer.UtteranceEnded(forgotten.Id, UtteranceEnd.Interrupted);
            stopped++;
        }

        return stopped;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static int Bounce(long way, int length) => (int)(length - Math.Abs(way % (2 * length) - length));

    private void End(UtteranceEnd end)
    {
        var ended = _spoken!;
        _spoken = null;
        observer.UtteranceEnded(ended.Id, end);
    }
}
