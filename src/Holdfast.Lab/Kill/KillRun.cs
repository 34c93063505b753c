using Holdfast.Lab.Load;
using Holdfast.Lab.Measure;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Words;
using Holdfast.Rtc;

namespace Holdfast.Lab.Kill;

/// <summary>
/// Ends a real server process again and again, at moments that nobody chose, and starts it again at once, while peers listen to what is said in their
/// sessions: no word may be lost, no number used twice, and nobody has to come back.
/// </summary>
internal sealed class KillRun(PeerHost host, HoldfastService service, ServerProcess server, KillOptions options)
{
    private const int AttemptsToListen = 6;

    /// <summary>Media that was not there again so long after a start does not come by itself.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>What the last passage may take to its end.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(180);

    private readonly SeededRandom _random = new(options.Seed);
    private readonly Samples _starts = new();
    private readonly Samples _gaps = new();
    private readonly List<string> _problems = [];
    private readonly List<Ear> _ears = [];
    private int _notBack;

    /// <summary>Kills so far.</summary>
    public int Kills { get; private set; }

    /// <summary>Those that hit a server which was starting.</summary>
    public int KillsDuringStart { get; private set; }

    /// <summary>Starts the server, kills it as often as was asked for, and judges what was heard.</summary>
    /// <exception cref="ServerException">It does not start, or speaks to nobody even before the first kill.</exception>
    public async Task<KillReport> RunAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken);
        var proof = await ListenAsync(cancellationToken);
        using var ending = new CancellationTokenSource();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var talks = new List<Task>();
        try
        {
            for (var i = 0; i < options.Sessions; i++)
            {
                var ear = await Ear.StartAsync(host, service, cancellationToken);
                _ears.Add(ear);
                talks.Add(TalkAsync(proof, ear, ending.Token, over.Token));
            }

            while (Kills < options.Kills)
            {
                await host.Clock.Delay(options.LongestLife * _random.NextDouble(), cancellationToken);
                await EndAndStartAsync(cancellationToken);
            }

            await ending.CancelAsync();
            await Task.WhenAny(Task.WhenAll(talks), host.Clock.Delay(LongestEnd, cancellationToken));
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(talks);
            foreach (var ear in _ears)
            {
                await ear.Session.DisposeAsync();
            }
        }

        var words = await Task.Run(() => proof.Judge(cancellationToken), cancellationToken);
        return new KillReport(
            host.Clock.Time.GetUtcNow(),
            options.By,
            options.Seed,
            Kills,
            KillsDuringStart,
            _ears.Count,
            _starts.Summarize(),
            _gaps.Summarize(),
            _notBack,
            _ears.Sum(static ear => ear.Audits.Sum(static audit => audit.Seen)),
            _ears.Sum(static ear => ear.Audits.Sum(static audit => audit.Reused)),
            _ears.Max(static ear => ear.Audits.Max(static audit => audit.LongestJump)),
            _ears.Sum(static ear => ear.Refused),
            words,
            _problems);
    }

    /// <summary>A machine that is busy for a moment may lose a packet even of an undisturbed passage.</summary>
    private async Task<SpeechProof> ListenAsync(CancellationToken cancellationToken)
    {
        for (var left = AttemptsToListen - 1; ; left--)
        {
            try
            {
                return await SpeechProof.ListenAsync(host, service, cancellationToken);
            }
            catch (InvalidOperationException) when (left > 0)
            {
                // Once more.
            }
            catch (InvalidOperationException e)
            {
                throw new ServerException(ServerFailure.NotUnderstood, e.Message, inner: e);
            }
        }
    }

    private static async Task TalkAsync(SpeechProof proof, Ear ear, CancellationToken ending, CancellationToken over)
    {
        try
        {
            while (!ending.IsCancellationRequested)
            {
                await proof.SayAsync(ear.Session, ear.Recorder, over);
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task EndAndStartAsync(CancellationToken cancellationToken)
    {
        foreach (var ear in _ears)
        {
            ear.TakeLongestPause();
        }

        if (options.By == Ending.TakeOver)
        {
            await TakeOverAsync(cancellationToken);
            return;
        }

        await (options.By == Ending.Kill ? server.KillAsync() : server.StopPolitelyAsync(cancellationToken));
        Kills++;
        var deadSince = host.Clock.Now;
        var isAtOnce = true;
        while (options.By == Ending.Kill && Kills < options.Kills && _random.NextDouble() < options.DuringStart)
        {
            server.Start();
            await host.Clock.Delay(options.LongestStart * _random.NextDouble(), cancellationToken);
            await server.KillAsync();
            Kills++;
            KillsDuringStart++;
            deadSince = host.Clock.Now;
            isAtOnce = false;
        }

        var started = host.Clock.Now;
        server.Start();
        await Task.WhenAll(_ears.Select(ear => BackAsync(ear, deadSince, started, isAtOnce, cancellationToken)));
    }

    private async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        var exitCode = await server.TakeOverAsync(cancellationToken);
        Kills++;
        if (exitCode != 0)
        {
            _problems.Add($"Takeover {Kills}: the older server ended with exit code {exitCode}.");
        }

        // The gap is behind it by now.
        var now = host.Clock.Now;
        await Task.WhenAll(_ears.Select(ear => BackAsync(ear, now, started: null, isAtOnce: true, cancellationToken)));
    }

    private async Task BackAsync(Ear ear, RtcTime deadSince, RtcTime? started, bool isAtOnce, CancellationToken cancellationToken)
    {
        if (await ear.NextMediaAsync(deadSince, LongestWait, cancellationToken) is { } at)
        {
            if (started is { } begun)
            {
                _starts.Add(at - begun);
            }

            if (ear.TakeLongestPause() is var pause && isAtOnce)
            {
                _gaps.Add(pause);
            }

            return;
        }

        lock (_problems)
        {
            _notBack++;
            _problems.Add($"Kill {Kills}: no media for {LongestWait.TotalSeconds:0} s in session {ear.Session.Ticket.Id} ({ear.End?.ToString() ?? "the connection stands"}).");
        }

        try
        {
            await ear.Session.RecoverAsync(1, cancellationToken);
            ear.Audit();
        }
        catch (ServerException e)
        {
            lock (_problems)
            {
                _problems.Add(e.Message);
            }
        }
    }

    /// <summary>One who listens.</summary>
    private sealed class Ear
    {
        private Ear(LabSession session, SoundRecorder recorder) => (Session, Recorder) = (session, recorder);

        public LabSession Session { get; }

        public SoundRecorder Recorder { get; }

        /// <summary>Of each connection one.</summary>
        public List<NumberAudit> Audits { get; } = [];

        public RtcReason? End => Session.Line.With(static (peer, _) => peer.End);

        public TimeSpan TakeLongestPause() => Session.Line.With(static (peer, _) => peer.Media?.TakeLongestPause() ?? TimeSpan.Zero);

        public long Refused => Session.Line.With(static (peer, _) => peer.Media?.Refused ?? 0);

        public static async Task<Ear> StartAsync(PeerHost host, HoldfastService service, CancellationToken cancellationToken)
        {
            var recorder = new SoundRecorder();
            var (session, _) = await LabSession.StartAsync(host, service, new LabSessionOptions { Recorder = recorder }, cancellationToken);
            var ear = new Ear(session, recorder);
            ear.Audit();
            return ear;
        }

        /// <summary>Looks at the numbers of the connection of the moment.</summary>
        public void Audit() => Session.Line.With((peer, _) =>
        {
            if (peer.Media is { Audit: null } media && peer.Profile is { } profile)
            {
                Audits.Add(media.Audit = new NumberAudit(profile));
            }
        });

        public async Task<RtcTime?> NextMediaAsync(RtcTime after, TimeSpan limit, CancellationToken cancellationToken)
        {
            RtcTime? at = null;
            await Session.Line.WaitAsync(
                (peer, _) =>
                {
                    at = peer.Media?.LastMediaAt is { } last && last > after ? last : null;
                    return at is not null;
                },
                limit,
                cancellationToken);
            return at;
        }
    }
}
