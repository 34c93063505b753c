using Holdfast.Media;

namespace Holdfast.Lab.Render;

/// <summary>Makes a video of a show that says something, as fast as it can be drawn and encoded: no clock is waited for.</summary>
internal sealed class VideoRenderer : IShowObserver, IMediaSink
{
    /// <summary>Half a second to look at somebody before they speak, and after.</summary>
    private const int QuietTicks = MediaTick.PerSecond / 2;

    /// <summary>A key frame at least every four seconds: there the video can be sought to.</summary>
    private const int TicksPerKeyFrame = 4 * MediaTick.PerSecond;

    private const int TicksPerRelease = MediaTick.PerSecond / 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(2);

    private readonly WebMWriter _writer;
    private readonly TimeProvider _time;
    private readonly List<string> _failures = [];
    private int _unfinished;
    private string? _language;

    /// <param name="writer">Takes the video.</param>
    /// <param name="time">By which the voice is waited for.</param>
    public VideoRenderer(WebMWriter writer, TimeProvider time) => (_writer, _time) = (writer, time);

    /// <summary>For how many ticks nothing is said before the first paragraph; half a second otherwise.</summary>
    public int LeadTicks { get; init; } = QuietTicks;

    /// <summary>For how many ticks nothing is said between two paragraphs; 0: each follows on the last as its sentences do.</summary>
    public int PauseTicks { get; init; }

    /// <summary>The language that a paragraph tells of itself; one that tells none is in that of the one before it.</summary>
    public Func<string, string?> LanguageOf { get; init; } = static _ => null;

    /// <summary>What could not be said.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Renders what a show has to say, with half a second of quiet around it.</summary>
    /// <param name="show">The show; it must be made with this as its observer.</param>
    /// <param name="paragraphs">What it says, one after the other.</param>
    /// <param name="bitrate">Of live pictures, bits a second.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RenderAsync(IRenderableShow show, IReadOnlyList<string> paragraphs, int bitrate, CancellationToken cancellationToken)
    {
        using var stream = new ShowStream(show, new ShowStreamOptions { VideoBitrate = bitrate });
        var waiting = new Queue<(int Number, string Text)>(paragraphs.Select(static (text, number) => (number, text)));
        var (quiet, silent) = (0, PauseTicks);
        for (var index = 0L; quiet < 2 * QuietTicks; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index >= LeadTicks && silent >= PauseTicks)
            {
                Offer(show, waiting);
            }

            while (!show.IsReady)
            {
                // The voice is slower than the drawing: there is nothing to do but to wait for it.
                await Task.Delay(Patience, _time, cancellationToken);
            }

            if (index % TicksPerKeyFrame == 0)
            {
                stream.RequestKeyFrame();
            }

            stream.Tick(new MediaTick(index), this);
            if (index % TicksPerRelease == 0)
            {
                (show as IRewindableShow)?.Release(long.MaxValue);
            }

            silent = _unfinished == 0 ? silent + 1 : 0;
            quiet = _unfinished == 0 && waiting.Count == 0 ? quiet + 1 : 0;
        }

        _writer.Complete();
    }

    /// <inheritdoc/>
    public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place) => _writer.WriteAudio(mediaTime, opus);

    /// <inheritdoc/>
    public string VideoCodec => WebMWriter.VideoCodec;

    public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => _writer.WriteVideo(mediaTime, picture.Bytes, picture.IsKeyFrame);

    /// <inheritdoc/>
    public void UtteranceStarted(string utteranceId)
    {
    }

    /// <inheritdoc/>
    public void UtteranceEnded(string utteranceId, UtteranceEnd end) => Interlocked.Decrement(ref _unfinished);

    /// <inheritdoc/>
    public void UtteranceFailed(string utteranceId, UtteranceFault fault)
    {
        lock (_failures)
        {
            _failures.Add($"{utteranceId}: {fault}");
        }

        Interlocked.Decrement(ref _unfinished);
    }

    /// <summary>As much as the show takes; the rest waits its turn.</summary>
    private void Offer(IRenderableShow show, Queue<(int Number, string Text)> waiting)
    {
        while (waiting.TryPeek(out var next))
        {
            Interlocked.Increment(ref _unfinished);
            _language = LanguageOf(next.Text) ?? _language;
            var result = show.Say(new Utterance($"paragraph {next.Number + 1}", next.Text) { Language = _language });
            if (result != SayResult.Accepted)
            {
                Interlocked.Decrement(ref _unfinished);
            }

            if (result == SayResult.QueueFull)
            {
                return;
            }

            waiting.Dequeue();
            if (PauseTicks > 0)
            {
                return;
            }
        }
    }
}
