using Holdfast.Lab.Browsers;
using Holdfast.Lab.Matrix;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Kill.Browsing;

/// <summary>
/// Ends a real server process while it speaks to a person at the product's own page in a real browser, at a moment that nobody chose, and has another go on.
/// Nobody clicks. Each time with a fresh browser, so that one that fails says nothing about the next.
/// </summary>
internal sealed class BrowserKillRun(
    ServerProcess server, string[][] passage, Ending by, int times, IReadOnlyList<BrowserKind> browsers, ulong seed, string? recordings, TimeProvider time)
{
    /// <summary>Sound comes every 20 ms: what is longer than a few of them, in milliseconds, is a pause.</summary>
    private const double LeastGap = 150;

    private const int AttemptsToLearn = 3;

    /// <summary>The number of a trial in which the server is left alone.</summary>
    private const int Undisturbed = -1;

    private static readonly TimeSpan TrialLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSpeech = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(1.5);
    private static readonly string Connections = Scripts.Load("Holdfast.Lab.Kill.Browsing.connections.js");

    private readonly SeededRandom _random = new(seed);
    private MediaWatch? _wire;

    /// <summary>Runs them all.</summary>
    /// <param name="onTrial">Is told each when it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServerException">The server does not start, or does not speak even before it is ended.</exception>
    public async Task<BrowserKillReport> RunAsync(Action<BrowserKillTrial> onTrial, CancellationToken cancellationToken)
    {
        // The lab's own servers send media from the port that they serve HTTP at.
        using var wire = _wire = MediaWatch.TryStart(server.Address.Port);
        await server.StartAsync(cancellationToken);
        var spoken = await LearnAsync(cancellationToken);
        var trials = new List<BrowserKillTrial>();
        foreach (var kind in browsers)
        {
            for (var i = 0; i < times; i++)
            {
                var trial = await TryAsync(kind, i, spoken, cancellationToken);
                trials.Add(trial);
                onTrial(trial);
                if (server.Id is null)
                {
                    await server.StartAsync(cancellationToken);
                }
            }
        }

        return new BrowserKillReport(time.GetUtcNow(), by, seed, trials);
    }

    /// <summary>Learns the words, and proves that they are heard where nothing happens: on a busy machine what is learnt may be torn.</summary>
    private async Task<SpokenPassage> LearnAsync(CancellationToken cancellationToken)
    {
        for (var left = AttemptsToLearn - 1; ; left--)
        {
            var spoken = await ListenAsync(cancellationToken);
            var control = await TryAsync(browsers[0], Undisturbed, spoken, cancellationToken);
            if (control.Problem is not { } problem)
            {
                return spoken;
            }

            if (left == 0)
            {
                throw new ServerException(ServerFailure.NotUnderstood, $"Even where nothing happened to the server: {problem}. Is the machine busy?");
            }
        }
    }

    private async Task<SpokenPassage> ListenAsync(CancellationToken cancellationToken)
    {
        await using var host = new PeerHost(time);
        using var http = HoldfastApi.CreateClient(server.Address);
        return await PassageReference.RecordAsync(host, new HoldfastService(new HoldfastApi(http)), passage, cancellationToken);
    }

    private async Task<BrowserKillTrial> TryAsync(BrowserKind kind, int index, SpokenPassage spoken, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TrialLimit);
        var trial = new BrowserKillTrial { Browser = kind.ToString().ToLowerInvariant(), Words = spoken.Words.Count };
        try
        {
            await using var browser = await RemoteBrowser.LaunchAsync(new BrowserLaunch(kind, TrustedOrigin: server.Address), time, limit.Token);
            trial = trial with { BrowserVersion = browser.Version };
            return await RunAsync(browser, index, spoken, trial, limit.Token);
        }
        catch (Exception e) when (e is BrowserException or ServerException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return trial with { Failure = e is OperationCanceledException ? $"it was not done within {TrialLimit.TotalMinutes:F0} minutes" : e.Message };
        }
    }

    private async Task<BrowserKillTrial> RunAsync(RemoteBrowser browser, int index, SpokenPassage spoken, BrowserKillTrial trial, CancellationToken cancellationToken)
    {
        var visitor = await Visitor.OpenAsync(browser, server.Address, "manual", "en", time, cancellationToken, Connections);
        await visitor.StartAsync(cancellationToken);
        var session = await visitor.SessionIdAsync(cancellationToken);
        await WaitAsync(visitor, TimeSpan.FromSeconds(1), cancellationToken);
        await visitor.SayAsync(spoken.Text, cancellationToken);
        await visitor.HearAsync(cancellationToken);

        // Within words as well as between them.
        await WaitAsync(visitor, TimeSpan.FromSeconds(1.5 + 3 * _random.NextDouble()), cancellationToken);
        await visitor.AskAsync<Pause>("connections.takePause()", cancellationToken);
        _wire?.TakeLongestPause();
        var (gap, start) = index == Undisturbed ? (0, null) : await EndAsync(visitor, cancellationToken);
        var sent = gap is null ? null : _wire?.TakeLongestPause();
        var isHeard = gap is not null && await HearToTheEndAsync(visitor, cancellationToken);
        await visitor.CollectAsync(cancellationToken, isLast: true);
        await visitor.DevelopAsync(cancellationToken);
        var heard = new WordSpotter(spoken).Spot(visitor.Recording.Pcm);
        if (recordings is not null && index != Undisturbed)
        {
            Directory.CreateDirectory(recordings);
            visitor.Recording.Save(Path.Combine(recordings, $"{by}-{trial.Browser}-{index + 1}.wav".ToLowerInvariant()));
        }

        return trial with
        {
            GapMilliseconds = gap,
            SentGapMilliseconds = sent is { } pause ? Math.Round(pause.TotalMilliseconds) : null,
            StartToMediaMilliseconds = start,
            IsSameSession = session is not null && string.Equals(session, await visitor.SessionIdAsync(cancellationToken), StringComparison.Ordinal),
            Connections = await visitor.AskAsync<List<List<string>>>("connections.states()", cancellationToken),
            WordsLost = heard.Lost,
            Heard = heard.ToString(),
            SecondsRepeated = Math.Round(heard.Repeats.Sum(static repeat => repeat.TotalSeconds), 2),
            SecondsMadeUp = Math.Round(visitor.MadeUp, 2),
            Failure = gap is not null && !isHeard ? $"the speech did not end within {LongestSpeech.TotalSeconds:F0} s" : null,
        };
    }

    /// <summary>Ends the server, has the next one go on, and waits until something new is played.</summary>
    private async Task<(double? Gap, double? Start)> EndAsync(Visitor visitor, CancellationToken cancellationToken)
    {
        if (by == Ending.TakeOver)
        {
            if (await server.TakeOverAsync(cancellationToken) is var code and not 0)
            {
                throw new ServerException(ServerFailure.Refused, $"The older server ended with exit code {code}.");
            }
        }
        else
        {
            await (by == Ending.Kill ? server.KillAsync() : server.StopPolitelyAsync(cancellationToken));
            server.Start();
        }

        var begun = time.GetTimestamp();
        var longest = 0.0;
        while (time.GetElapsedTime(begun) < LongestWait)
        {
            await Task.Delay(Look, time, cancellationToken);
            var pause = await visitor.AskAsync<Pause>("connections.takePause()", cancellationToken);
            longest = Math.Max(longest, pause.Longest);

            // What was played last before the next process began is from the one before it.
            var since = time.GetElapsedTime(begun).TotalMilliseconds;
            if (pause.Since is { } ago && ago < LeastGap && since - ago > 0 && (by == Ending.TakeOver || longest > LeastGap))
            {
                await WaitAsync(visitor, OnItsWay, cancellationToken);
                longest = Math.Max(longest, (await visitor.AskAsync<Pause>("connections.takePause()", cancellationToken)).Longest);
                return (Math.Round(longest), by == Ending.TakeOver ? null : Math.Round(since - ago));
            }
        }

        return (null, null);
    }

    private async Task<bool> HearToTheEndAsync(Visitor visitor, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < LongestSpeech)
        {
            await WaitAsync(visitor, TimeSpan.FromSeconds(0.5), cancellationToken);
            if (visitor.AwaySince is null && !await visitor.IsSpeakingAsync(cancellationToken))
            {
                // What is on its way is still to be heard.
                await WaitAsync(visitor, OnItsWay, cancellationToken);
                return true;
            }
        }

        return false;
    }

    private async Task WaitAsync(Visitor visitor, TimeSpan wait, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (wait - time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < 4 * Look ? left : 4 * Look, time, cancellationToken);
            await visitor.CollectAsync(cancellationToken);
        }
    }

    /// <param name="Longest">For how long nothing new was played at the longest, in milliseconds.</param>
    /// <param name="Since">Since when nothing new was played, in milliseconds ago; null: nothing ever was.</param>
    private sealed record Pause(double Longest, double? Since);
}
