using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Load;

/// <summary>One of many: comes, is spoken to or not, loses the network, comes back, and goes when all is over.</summary>
/// <param name="scene">What the load's people have in common.</param>
/// <param name="index">Which of them this is: it decides at which level of the ladder its first way back begins.</param>
/// <param name="speaks">Whether the avatar speaks to it all the time.</param>
/// <param name="random">Decides when its network goes, and for how long.</param>
internal sealed class LoadPerson(LoadScene scene, int index, bool speaks, SeededRandom random)
{
    /// <summary>How often something is said where words are not judged.</summary>
    private static readonly TimeSpan BetweenTexts = TimeSpan.FromSeconds(8);

    /// <summary>How long a path may take to heal by itself.</summary>
    private static readonly TimeSpan LongestHealing = TimeSpan.FromSeconds(10);

    /// <summary>Who is asked to come again does so up to this much later than asked, so that not all come at once.</summary>
    private const double LatestAgain = 1.5;

    /// <summary>Who is asked to come again at once waits for so long all the same.</summary>
    private static readonly TimeSpan SoonestAgain = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<ServerException?> _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SoundRecorder? _recorder;

    /// <summary>Ends when the person is there (null) or was not let in (why).</summary>
    public Task<ServerException?> Arrived => _arrived.Task;

    /// <summary>Ends with the last passage that is judged; to be asked for once the person has arrived.</summary>
    public Task Proof { get; private set; } = Task.CompletedTask;

    /// <summary>From coming to going.</summary>
    /// <param name="over">Cancelled when everybody is to go.</param>
    public async Task LiveAsync(CancellationToken over)
    {
        try
        {
            await using var session = await EnterAsync(over);
            if (session is null)
            {
                return;
            }

            try
            {
                var talk = speaks ? TalkAsync(session, over) : Task.CompletedTask;
                Proof = _recorder is null ? Task.CompletedTask : talk;
                _arrived.TrySetResult(null);
                await (scene.Options.OutagesPerSecond > 0 ? SufferAsync(session, over) : scene.Clock.Delay(Timeout.InfiniteTimeSpan, over));
                await talk;
            }
            finally
            {
                await LeaveAsync(session);
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
        finally
        {
            _arrived.TrySetResult(null);
        }
    }

    private async Task<LabSession?> EnterAsync(CancellationToken over)
    {
        _recorder = speaks && scene.Proof is not null ? new SoundRecorder() : null;
        var options = new LabSessionOptions
        {
            GraceSeconds = scene.Options.GraceSeconds,
            Via = scene.Relays is { } relays ? relays.To : null,
            Recorder = _recorder,
        };
        var patienceEnds = scene.Clock.Now + scene.Options.Patience;
        while (true)
        {
            try
            {
                var (session, times) = await LabSession.StartAsync(scene.Host, scene.Service, options, over);
                scene.Crowd.Enter(session);
                scene.Counters.OnStarted(times);
                return session;
            }
            catch (ServerException e) when (e.RetryAfter is { } asked && WaitFor(asked) is var wait && scene.Clock.Now + wait <= patienceEnds)
            {
                scene.Counters.OnAskedLater();
                await scene.Clock.Delay(wait, over);
            }
            catch (ServerException e)
            {
                scene.Counters.OnStartFailed(e.Message);
                _arrived.TrySetResult(e);
                return null;
            }
        }
    }

    private TimeSpan WaitFor(TimeSpan asked) => (asked > SoonestAgain ? asked : SoonestAgain) * random.Between(1, LatestAgain);

    private async Task LeaveAsync(LabSession session)
    {
        scene.Crowd.Leave(session);
        try
        {
            await session.CloseAsync(CancellationToken.None);
        }
        catch (ServerException e)
        {
            scene.Counters.Note($"end: {e.Message}");
        }

        scene.Counters.OnGone();
    }

    private async Task TalkAsync(LabSession session, CancellationToken over)
    {
        if (_recorder is not null)
        {
            while (!scene.Ending.IsCancellationRequested)
            {
                await scene.Proof!.SayAsync(session, _recorder, over);
            }

            return;
        }

        while (true)
        {
            try
            {
                await scene.Service.SayAsync(session.Ticket, scene.Options.Text, key: null, over);
            }
            catch (ServerException)
            {
                // Away, or so much waits that the next is refused: both pass.
            }

            await scene.Clock.Delay(BetweenTexts, over);
        }
    }

    private async Task SufferAsync(LabSession session, CancellationToken over)
    {
        var options = scene.Options;
        for (var turn = index; ; turn++)
        {
            await PauseAsync(TimeSpan.FromSeconds(random.UntilNext(options.OutagesPerSecond)), over);
            if (scene.Ending.IsCancellationRequested)
            {
                await scene.Clock.Delay(Timeout.InfiniteTimeSpan, over);
            }

            var length = TimeSpan.FromSeconds(random.Between(options.OutageLeast.TotalSeconds, options.OutageMost.TotalSeconds));
            scene.Counters.OnOutage();
            session.Cut(LineCut.Both);
            try
            {
                await PauseAsync(length, over);
                session.Cut(LineCut.None);
                await ComeBackAsync(session, options.Levels[turn % options.Levels.Count], over);
            }
            finally
            {
                scene.Counters.OnOutageOver();
            }
        }
    }

    /// <summary>Waits, but no longer than the load is kept up.</summary>
    private async Task PauseAsync(TimeSpan span, CancellationToken over)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, scene.Ending);
        try
        {
            await scene.Clock.Delay(span, either.Token);
        }
        catch (OperationCanceledException) when (!over.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    private async Task ComeBackAsync(LabSession session, int level, CancellationToken over)
    {
        var since = scene.Clock.Now;
        if (level == 0)
        {
            if (await session.NextPictureAsync(since, LongestHealing, over) is { } at)
            {
                scene.Counters.OnRecovered(0, at - since, climbed: false);
                return;
            }

            level = 1;
        }

        var recovery = await session.RecoverAsync(level, over);
        scene.Counters.OnTried(recovery.Tried);
        if (recovery.Level is { } used)
        {
            scene.Counters.OnRecovered(used, recovery.Took, recovery.Tried.Count > 1);
        }
        else
        {
            scene.Counters.OnNotRecovered(recovery.Problem!);
        }
    }
}
