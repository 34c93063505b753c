using Holdfast.Lab.Measure;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Load;

/// <summary>Many people at once: they come one after the other, stay, lose their network, come back, and go.</summary>
internal sealed class LoadRun : IAsyncDisposable
{
    /// <summary>What a passage may take to its end, with the outage that it is in.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(90);

    private readonly PeerHost _host;
    private readonly ISessionService _service;
    private readonly LoadOptions _options;
    private readonly ServerMeter? _meter;
    private readonly ServerMeter? _own;
    private readonly MachineMeter _machine = new();
    private readonly SeededRandom _random;
    private readonly LoadCrowd _crowd = new();
    private readonly LoadRelays? _relays;
    private readonly CancellationTokenSource _ending = new();
    private string? _noProof;
    private volatile SpeechProof? _proof;
    private int _stage;

    public LoadRun(PeerHost host, ISessionService service, LoadOptions options, ServerMeter? meter)
    {
        (_host, _service, _options, _meter) = (host, service, options, meter);
        _random = new SeededRandom(options.Seed);
        _relays = options.Network is { } network ? new LoadRelays(host.Clock, network, options.Seed, service.Address.IsLoopback) : null;
        _own = ServerMeter.TryOpen(Environment.ProcessId, host.Clock);
    }

    public LoadCounters Counters { get; } = new();

    /// <summary>What it is at.</summary>
    public LoadStage Stage => (LoadStage)Volatile.Read(ref _stage);

    /// <summary>What has been said so far; null where words are not judged, or not yet.</summary>
    public SpeechProof? Proof => _proof;

    private int Speakers => (int)Math.Round(_options.Sessions * _options.Speaking);

    /// <summary>What arrived so far.</summary>
    public MediaTotals Totals() => _crowd.Totals();

    /// <summary>Carries the load out.</summary>
    /// <exception cref="ServerException">Not one session could be started.</exception>
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var people = new List<LoadPerson>();
        var lives = new List<Task>();
        try
        {
            var proof = _proof = await PrepareToListenAsync(over.Token);
            Enter(LoadStage.Coming);
            var scene = new LoadScene(_host, _service, _options, Counters, _crowd, _relays, proof, _ending.Token);
            await ComeAsync(scene, people, lives, over.Token);
            Enter(LoadStage.Staying);
            var before = Totals();
            var began = _host.Clock.Now;
            _meter?.Restart();
            _own?.Restart();
            _machine.Restart();
            await _host.Clock.Delay(_options.Duration, cancellationToken);
            var use = _meter?.Read();
            var arrived = Totals() - before;
            var report = Report(arrived, (_host.Clock.Now - began).TotalSeconds, Counters.Live, use);
            return report with { Words = proof is not null ? await HearOutAsync(proof, people, cancellationToken) : _noProof is { } why ? WordsReport.None(why) : null };
        }
        finally
        {
            // However it ends, nobody stays behind at the server.
            await over.CancelAsync();
            await Task.WhenAll(lives);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ending.Dispose();
        if (_relays is not null)
        {
            await _relays.DisposeAsync();
        }
    }

    /// <summary>What is said must be known before it is said on a bad network; where it cannot be, the load goes on without.</summary>
    private async Task<SpeechProof?> PrepareToListenAsync(CancellationToken cancellationToken)
    {
        if (Speakers == 0 || !_options.JudgesWords)
        {
            return null;
        }

        try
        {
            return await SpeechProof.ListenAsync(_host, _service, cancellationToken);
        }
        catch (Exception e) when (e is InvalidOperationException or ServerException { Failure: not ServerFailure.Unreachable and not ServerFailure.Full })
        {
            _noProof = e.Message;
            return null;
        }
    }

    /// <summary>Starts everybody; returns when the last one is there, or has failed.</summary>
    private async Task ComeAsync(LoadScene scene, List<LoadPerson> people, List<Task> lives, CancellationToken over)
    {
        for (var i = 0; i < _options.Sessions; i++)
        {
            // Speakers are spread over the whole.
            var speaks = (i + 1) * Speakers / _options.Sessions > i * Speakers / _options.Sessions;
            var person = new LoadPerson(scene, i, speaks, _random.Fork());
            people.Add(person);
            lives.Add(person.LiveAsync(over));
            await _host.Clock.Delay(TimeSpan.FromSeconds(1 / _options.StartsPerSecond), over);
        }

        var refusals = await Task.WhenAll(people.Select(person => person.Arrived)).WaitAsync(over);
        if (Counters.Failed == _options.Sessions)
        {
            throw refusals[^1]!;
        }
    }

    /// <summary>No outage begins any more, everybody may finish speaking, and then what was heard is judged.</summary>
    private async Task<WordsReport> HearOutAsync(SpeechProof proof, List<LoadPerson> people, CancellationToken cancellationToken)
    {
        Enter(LoadStage.HearingOut);
        await _ending.CancelAsync();
        await Task.WhenAny(Task.WhenAll(people.Select(person => person.Proof)), _host.Clock.Delay(LongestEnd, cancellationToken));
        Enter(LoadStage.Judging);
        return await Task.Run(() => proof.Judge(cancellationToken), cancellationToken);
    }

    private void Enter(LoadStage stage) => Volatile.Write(ref _stage, (int)stage);

    private LoadReport Report(MediaTotals arrived, double seconds, int live, ServerUse? use) => new(
        _service.Address.ToString(),
        _host.Clock.Time.GetUtcNow(),
        _options.Seed,
        Math.Round(seconds, 1),
        _options.Sessions,
        Counters.Started,
        Counters.AskedLater,
        live,
        Counters.Answered.Summarize(),
        Counters.Secured.Summarize(),
        Counters.FirstPicture.Summarize(),
        Counters.Recovery.OrderBy(level => level.Key)
            .Select(level => (Name: $"level {level.Key}", Figures: level.Value.Summarize()))
            .Where(level => level.Figures is not null)
            .ToDictionary(level => level.Name, level => level.Figures!, StringComparer.Ordinal),
        Counters.Outages,
        Counters.NotRecovered,
        Counters.Climbed,
        arrived.Pictures,
        Math.Round(arrived.Pictures / seconds / Math.Max(1, Counters.Started), 2),
        arrived.Freezes,
        Math.Round(arrived.Frozen.TotalSeconds, 2),
        arrived.Packets,
        arrived.Lost,
        arrived.Repeated,
        arrived.GivenUp,
        Math.Round(arrived.Bytes * 8 / seconds / 1e6, 2),
        _crowd.HeartbeatsMissed,
        use is null ? null : Math.Round(use.Cores, 4),
        use is null ? null : Math.Round(use.Cores / Math.Max(1, Counters.Started), 5),
        use is null ? null : Math.Round(use.MemoryBytes / 1e6, 1),
        _own?.Read() is { } own ? Math.Round(own.Cores, 4) : null,
        _machine.Busy() is { } busy ? Math.Round(busy, 3) : null,
        null,
        Counters.Problems);
}

/// <summary>What a load is at, in this order.</summary>
internal enum LoadStage
{
    /// <summary>What will be said is recorded on an undisturbed path.</summary>
    Listening,

    /// <summary>Sessions start.</summary>
    Coming,

    /// <summary>All are there; this is measured.</summary>
    Staying,

    /// <summary>The last passages are said to their end.</summary>
    HearingOut,

    /// <summary>What was recorded is searched for its words.</summary>
    Judging,
}
