using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Recording;

/// <summary>Where a push is.</summary>
internal enum PushState
{
    /// <summary>The program is being started.</summary>
    Connecting,

    /// <summary>What is sent reaches the program, which has been at it for some seconds.</summary>
    Streaming,

    /// <summary>The program ended; it is started again in a while.</summary>
    Waiting,

    /// <summary>It is over.</summary>
    Ended,
}

/// <summary>
/// One session streamed to one target through ffmpeg, which is handed what is sent as live WebM and makes of it what RTMP carries. Where it ends, it is started again, later each time.
/// </summary>
internal sealed partial class SessionPush : QueuedOutput
{
    /// <summary>Platforms want a key frame every two seconds; ffmpeg encodes its own.</summary>
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(60);

    /// <summary>A program that has lasted so long has reached its target.</summary>
    private static readonly TimeSpan ReachedAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _ending = new();
    private readonly PushOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public SessionPush(Session session, string target, PushOptions options, TimeProvider time, ILogger logger)
        : base(session, KeyFrameInterval)
    {
        (Target, _options, _time, _logger) = (target, options, time, logger);
        BeginAnew();
    }

    /// <summary>The name of the target.</summary>
    public string Target { get; }

    public PushState State { get; private set; }

    /// <summary>How often the program was started.</summary>
    public int Attempts { get; private set; }

    /// <summary>Completes when it is over; never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public override void OnEnded()
    {
        Close();
        _ending.Cancel();
    }

    /// <summary>Streams until it is ended.</summary>
    public void Start(VideoFormat video) => Completion = Task.Run(() => RunAsync(video));

    private async Task RunAsync(VideoFormat video)
    {
        var wait = TimeSpan.FromSeconds(1);
        while (!_ending.IsCancellationRequested)
        {
            Attempts++;
            Tell(PushState.Connecting, detail: null);
            var began = _time.GetTimestamp();
            var detail = await StreamAsync(video).ConfigureAwait(false);
            if (_ending.IsCancellationRequested)
            {
                break;
            }

            wait = _time.GetElapsedTime(began) > LongestWait ? TimeSpan.FromSeconds(1) : wait;
            LogEnded(Session.Id, Target, detail, wait.TotalSeconds);
            Tell(PushState.Waiting, wait);
            try
            {
                await Task.Delay(wait, _time, _ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }

        Tell(PushState.Ended, detail: null);
    }

    /// <returns>What the program said in the end.</returns>
    private async Task<string> StreamAsync(VideoFormat video)
    {
        try
        {
            using var process = Process.Start(StartInfo())!;
            var said = process.StandardError.ReadToEndAsync();
            BeginAnew();
            try
            {
                await FeedAsync(process.StandardInput.BaseStream, video).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has ended; what it said tells why.
            }

            await EndAsync(process).ConfigureAwait(false);
            var words = await said.ConfigureAwait(false);
            return words.Length > 300 ? words[^300..] : words;
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return exception.Message;
        }
    }

    private async Task FeedAsync(Stream input, VideoFormat video)
    {
        using var writer = new WebMWriter(input, video, isLive: true);
        var began = _time.GetTimestamp();
        await foreach (var packet in ReadAllAsync().ConfigureAwait(false))
        {
            Write(writer, packet);
            if (State == PushState.Connecting && _time.GetElapsedTime(began) > ReachedAfter)
            {
                Tell(PushState.Streaming, detail: null);
            }
        }

        writer.Complete();
    }

    private static async Task EndAsync(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has closed its end.
        }

        try
        {
            await process.WaitForExitAsync().WaitAsync(EndsWithin).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(_options.Ffmpeg) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        var kilobits = string.Create(CultureInfo.InvariantCulture, $"{_options.VideoKilobits}k");
        foreach (var argument in (string[])[
            "-loglevel", "error", "-fflags", "nobuffer", "-f", "webm", "-i", "pipe:0",
            "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-r", "25", "-g", "50", "-b:v", kilobits, "-maxrate", kilobits, "-bufsize", kilobits,
            "-c:a", "aac", "-ar", "44100", "-ac", "2", "-b:a", "128k", "-f", "flv", _options.Targets[Target]])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private void Tell(PushState state, TimeSpan? detail)
    {
        State = state;
        Session.Tell("push", JsonSerializer.Serialize(new { target = Target, state = JsonNamingPolicy.CamelCase.ConvertName(state.ToString()), attempt = Attempts, againInSeconds = detail?.TotalSeconds }));
    }

    [LoggerMessage(70, LogLevel.Warning, "Session {SessionId}: the stream to {Target} ended; it is begun again in {Seconds} s. ffmpeg said: {Said}")]
    private partial void LogEnded(SessionId sessionId, string target, string said, double seconds);
}
