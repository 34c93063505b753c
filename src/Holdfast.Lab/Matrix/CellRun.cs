using Holdfast.Lab.Browsers;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Matrix;

/// <summary>One cell while it runs: a person with a fresh browser, a session that speaks, and one outage in the middle of it.</summary>
internal sealed class CellRun(
    Outage outage, string policy, IsolatedNetwork network, ServerUnderTest server, RemoteBrowser browser, Visitor visitor, SpokenPassage passage, Random random, TimeProvider time)
{
    /// <summary>How long somebody looks at the notice before using the button.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan SpeechLimit = TimeSpan.FromSeconds(60);

    private readonly List<double> _clicks = [];
    private double _origin;
    private double? _begin;
    private double? _end;
    private Task _healing = Task.CompletedTask;

    public IsolatedNetwork Network => network;

    public RemoteBrowser Browser => browser;

    private double Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Runs it from the click on start to the last word.</summary>
    public async Task<MatrixCell> RunAsync(CancellationToken cancellationToken)
    {
        Cancellation = cancellationToken;
        await visitor.StartAsync(cancellationToken);
        _origin = Now;
        var session = await visitor.SessionIdAsync(cancellationToken) ?? "";
        await WaitAsync(1);
        var said = Now;
        await visitor.SayAsync(passage.Text, cancellationToken);
        await visitor.HearAsync(cancellationToken);

        // Within words as well as between them.
        await WaitAsync(1.5 + 3 * random.NextDouble());
        await outage.HappenAsync(this);
        await ComeBackAsync();
        var spoken = await HearToTheEndAsync();
        await _healing;
        await visitor.CollectAsync(cancellationToken, isLast: true);
        await visitor.DevelopAsync(cancellationToken);
        var heard = new WordSpotter(passage).Spot(visitor.Recording.Pcm);
        return CellJudge.Judge(outage, policy, new CellNotes
        {
            Begin = Since(_begin ?? Now),
            End = Since(_end ?? Now),
            Clicks = [.. _clicks.Select(Since)],
            States = [.. visitor.States.Select(state => new StateNote(Since(state.At), state.State, state.Level))],
            Sights = [.. visitor.Sights.Select(sight => sight with { At = Since(sight.At) })],
            Pictures = [.. visitor.Pictures.Select(Since)],
            Words = [.. Words(heard)],
            WordsLost = heard.Lost,
            SecondsRepeated = Math.Round(heard.Repeats.Sum(static repeat => repeat.TotalSeconds), 2),
            Heard = heard.ToString(),
            SecondsMadeUp = Math.Round(visitor.MadeUp, 2),
            Said = Since(said),
            Spoken = spoken is { } at ? Since(at) : null,
            SessionBefore = session,
            SessionAfter = await visitor.SessionIdAsync(cancellationToken),
        });
    }

    /// <summary>The outage begins now.</summary>
    public void Begin() => _begin ??= Now;

    /// <summary>What was taken away is there again.</summary>
    public void End() => _end = Now;

    /// <summary>What is dropped comes through again only later, while the person is coming back already.</summary>
    public void HealLater(double seconds) => _healing = HealAfterAsync(seconds);

    /// <param name="seconds">How long.</param>
    /// <param name="isLooking">Whether what the page shows and plays is collected meanwhile; not from a browser that is stopped.</param>
    public async Task WaitAsync(double seconds, bool isLooking = true)
    {
        var begun = time.GetTimestamp();
        while (TimeSpan.FromSeconds(seconds) - time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < Look ? left : Look, time, Cancellation);
            if (isLooking)
            {
                await visitor.CollectAsync(Cancellation);
            }
        }
    }

    public async Task NothingAsync()
    {
        Begin();
        End();
        await WaitAsync(5);
    }

    public async Task ReloadAsync()
    {
        await visitor.CollectAsync(Cancellation, isLast: true);
        Begin();
        End();
        await visitor.ReloadAsync(Cancellation);
    }

    public async Task CrashAsync()
    {
        await visitor.CrashAsync(
            async () =>
            {
                await visitor.CollectAsync(Cancellation, isLast: true);
                Begin();
            },
            Cancellation);
        await WaitAsync(1, isLooking: false);
        End();
        await visitor.ReloadAsync(Cancellation);
    }

    public async Task OpenSecondTabAsync()
    {
        await visitor.CollectAsync(Cancellation, isLast: true);
        Begin();
        await visitor.OpenSecondTabAsync(Cancellation);
        End();
    }

    public async Task RestartServerAsync()
    {
        Begin();
        await server.StopPolitelyAsync(Cancellation);
        await WaitAsync(2);
        await server.StartAsync(Cancellation);
        End();
    }

    /// <summary>As after a crash: whoever looks after it starts it at once.</summary>
    public async Task KillServerAsync()
    {
        Begin();
        await server.KillAsync();
        await server.StartAsync(Cancellation);
        End();
    }

    private CancellationToken Cancellation { get; set; }

    private double Since(double at) => Math.Round((at - _origin) / 1_000, 3);

    private IEnumerable<(double At, string Word)> Words(Transcript heard) =>
        from hearing in heard.Hearings
        let word = passage.Words[hearing.Word]
        where hearing.IsWhole(word)
        select (Since(visitor.Recording.Begun + 10.0 * hearing.Begin), word.Text);

    /// <summary>
    /// What a person does: who has seen for three seconds that the connection is away, and has the network again, clicks the button once it is there. Under
    /// auto they wait.
    /// </summary>
    private async Task ComeBackAsync()
    {
        var begun = time.GetTimestamp();
        var clicksAllowed = !string.Equals(policy, "auto", StringComparison.Ordinal) || outage.NeedsPerson;

        // Assisted comes back by itself where something speaks for the network; a person waits a while to see whether it does.
        var wait = string.Equals(policy, "assisted", StringComparison.Ordinal) ? 2 * Patience : Patience;
        while (time.GetElapsedTime(begun) < RecoveryLimit)
        {
            await visitor.CollectAsync(Cancellation);
            if (visitor.AwaySince is not { } away)
            {
                return;
            }

            var hasSeen = Now - away >= wait.TotalMilliseconds && Now - _end >= (wait - Patience).TotalMilliseconds;
            if (clicksAllowed && _clicks.Count < 3 && hasSeen && (_clicks.Count == 0 || Now - _clicks[^1] > 15_000) && await visitor.TryClickReconnectAsync(Cancellation) is { } clicked)
            {
                _clicks.Add(clicked);
            }

            await Task.Delay(Look, time, Cancellation);
        }
    }

    private async Task HealAfterAsync(double seconds)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), time, Cancellation);
        await network.HealAsync();
    }

    private async Task<double?> HearToTheEndAsync()
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < SpeechLimit)
        {
            await WaitAsync(0.5);
            if (visitor.AwaySince is not null)
            {
                await ComeBackAsync();
            }
            else if (!await visitor.IsSpeakingAsync(Cancellation))
            {
                var at = Now;

                // What is on its way is still to be heard.
                await WaitAsync(1.5);
                return at;
            }
        }

        return null;
    }
}
