using System.Text.Json;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Recording;

/// <summary>Where a push is.</summary>
internal enum PushState
{
    /// <summary>The target is being reached.</summary>
    Connecting,

    /// <summary>What is sent reaches the target.</summary>
    Streaming,

    /// <summary>It could not be reached, or went away; it is tried again in a while.</summary>
    Waiting,

    /// <summary>It is over.</summary>
    Ended,
}

/// <summary>How one attempt to stream ended.</summary>
/// <param name="Why">One sentence for whoever owns the session; it names neither the address nor anything else that is secret.</param>
/// <param name="Said">What else is known, for the log only.</param>
/// <param name="NotBefore">When the target wants to be asked again; null where it did not say.</param>
internal sealed record PushFailure(string Why, string? Said = null, TimeSpan? NotBefore = null);

/// <summary>One session streamed to one target. Where that ends it is begun again, later each time, for as long as the session lives.</summary>
/// <param name="session">What is streamed.</param>
/// <param name="target">The name of the target.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what happens to it.</param>
/// <param name="keyFrameInterval">Another key frame is asked for when none came for so long.</param>
internal abstract partial class SessionPush(Session session, string target, TimeProvider time, ILogger logger, TimeSpan keyFrameInterval)
    : QueuedOutput(session, keyFrameInterval)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>A target that asks for more patience than this is asked again all the same.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _ending = new();
    private readonly ILogger _logger = logger;

    /// <summary>The name of the target.</summary>
    public string Target { get; } = target;

    public PushState State { get; private set; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; private set; }

    /// <summary>Why the last attempt ended; null where none did.</summary>
    public string? Why { get; private set; }

    /// <summary>Completes when it is over; never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    protected TimeProvider Time => time;

    /// <inheritdoc/>
    public override void OnEnded()
    {
        Close();

        // Not here: what follows from it is no business of the session's own order.
        _ = _ending.CancelAsync();
    }

    /// <summary>Streams until it is ended.</summary>
    public void Start(VideoFormat video)
    {
        StandBy();
        Completion = Task.Run(() => RunAsync(video));
    }

    /// <summary>Streams once, from <see cref="QueuedOutput.BeginAnew"/> on, until the target goes away or it is to end. It does not throw.</summary>
    /// <returns>Why it ended.</returns>
    protected abstract Task<PushFailure> StreamAsync(VideoFormat video, CancellationToken ending);

    /// <summary>The target is reached.</summary>
    protected void OnReached() => Tell(PushState.Streaming);

    private async Task RunAsync(VideoFormat video)
    {
        var wait = FirstWait;
        while (!_ending.IsCancellationRequested)
        {
            Attempts++;
            Tell(PushState.Connecting);
            var began = time.GetTimestamp();
            var failure = await AttemptAsync(video).ConfigureAwait(false);
            StandBy();
            if (_ending.IsCancellationRequested)
            {
                break;
            }

            wait = time.GetElapsedTime(began) > LongestWait ? FirstWait : wait;
            var pause = failure.NotBefore is { } asked && asked > wait ? asked < MostPatience ? asked : MostPatience : wait;
            Why = failure.Why;
            LogEnded(Session.Id, Target, failure.Why, failure.Said ?? "", pause.TotalSeconds);
            Tell(PushState.Waiting, pause);
            try
            {
                await Task.Delay(pause, time, _ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }

        Tell(PushState.Ended);
    }

    private async Task<PushFailure> AttemptAsync(VideoFormat video)
    {
        try
        {
            return await StreamAsync(video, _ending.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // What nobody foresaw ends one attempt, and not the push.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return new PushFailure("Something went wrong in the stream; the server's log tells more.", exception.ToString());
        }
    }

    private void Tell(PushState state, TimeSpan? again = null)
    {
        State = state;
        Session.Tell(
            "push",
            JsonSerializer.Serialize(new
            {
                target = Target,
                state = JsonNamingPolicy.CamelCase.ConvertName(state.ToString()),
                attempt = Attempts,
                againInSeconds = again?.TotalSeconds,
                why = state == PushState.Waiting ? Why : null,
            }));
    }

    [LoggerMessage(70, LogLevel.Warning, "Session {SessionId}: the stream to {Target} ended: {Why} It is begun again in {Seconds} s. {Said}")]
    private partial void LogEnded(SessionId sessionId, string target, string why, string said, double seconds);
}
