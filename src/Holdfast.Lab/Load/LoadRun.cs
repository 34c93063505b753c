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
    private readonly Lock _gate = new();
    private readonly List<LabSession> _sessions = [];
    private readonly LoadRelays? _relays;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _talks = [];
    private SpeechProof? _proof;
    private string? _noProof;
    private MediaTotals _totals = MediaTotals.None;
    private int _heartbeatsMissed;

    public LoadRun(PeerHost host, ISessionService service, LoadOptions options, ServerMeter? meter)
    {
        (_host, _service, _options, _meter) = (host, service, options, meter);
        _random = new SeededRandom(options.Seed);
        _relays = options.Network is { } network ? new LoadRelays(host.Clock, network, options.Seed, service.Address.IsLoopback) : null;
        _own = ServerMeter.TryOpen(Environment.ProcessId, host.Clock);
    }

    public LoadCounters Counters { get; } = new();

    /// <summary>Whether all sessions have been started, or have failed to.</summary>
    public bool IsUp => Counters.Started + Counters.Failed == _options.Sessions;

    /// <summary>What arrived so far.</summary>
    public MediaTotals Totals()
    {
        lock (_gate)
        {
            return _sessions.Aggregate(_totals, (sum, session) => sum + session.Totals());
        }
    }

    /// <summary>Carries the load out.</summary>
    /// <exception cref="ServerException">Not one session could be started.</exception>
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var people = new List<Task>();
        try
        {
            await PrepareToListenAsync(over.Token);
            await ComeAsync(people, over.Token);
            var before = Totals();
            var began = _host.Clock.Now;
            _meter?.Restart();
            _own?.Restart();
            _machine.Restart();
            await _host.Clock.Delay(_options.Duration, cancellationToken);
            var use = _meter?.Read();
            var arrived = Totals() - before;
            var report = Report(arrived, (_host.Clock.Now - began).TotalSeconds, Counters.Live, use);
            return report with { Words = await HearOutAsync(cancellationToken) };
        }
        finally
        {
            // However it ends, nobody stays behind at the server.
            await over.CancelAsync();
            await Task.WhenAll(people);
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

    private int Speakers => (int)Math.Round(_options.Sessions * _options.Speaking);

    /// <summary>What is said must be known before it is said on a bad network; where it cannot be, the load goes on without.</summary>
    private async Task PrepareToListenAsync(CancellationToken cancellationToken)
    {
        if (Speakers == 0 || !_options.JudgesWords)
        {
            return;
        }

        try
        {
            _proof = await SpeechProof.ListenAsync(_host, _service, cancellationToken);
        }
        catch (Exception e) when (e is InvalidOperationException or ServerException { Failure: not ServerFailure.Unreachable and not ServerFailure.Full })
        {
            _noProof = e.Message;
        }
    }

    /// <summary>No outage begins any more, everybody may finish speaking, and then what was heard is judged.</summary>
    private async Task<WordsReport?> HearOutAsync(CancellationToken cancellationToken)
    {
        if (_proof is null)
        {
            return _noProof is null ? null : WordsReport.None(_noProof);
        }

        await _ending.CancelAsync();
        Task[] talks;
        lock (_gate)
        {
            talks = [.. _talks];
        }

        await Task.WhenAny(Task.WhenAll(talks), _host.Clock.Delay(LongestEnd, cancellationToken));
        return _proof.Judge();
    }

    /// <summary>Starts everybody; returns when the last one is there, or has failed.</summary>
    private async Task ComeAsync(List<Task> people, CancellationToken over)
    {
        var speakers = Speakers;
        var up = new TaskCompletionSource<ServerException?>(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < _options.Sessions; i++)
        {
            // Speakers are spread over the whole.
            var speaks = (i + 1) * speakers / _options.Sessions > i * speakers / _options.Sessions;
            people.Add(LiveAsync(i, speaks, _random.Fork(), up, over));
            await _host.Clock.Delay(TimeSpan.FromSeconds(1 / _options.StartsPerSecond), over);
        }

        if (await up.Task.WaitAsync(over) is { } refused)
        {
            throw refused;
        }
    }

    private async Task LiveAsync(int index, bool speaks, SeededRandom random, TaskCompletionSource<ServerException?> up, CancellationToken over)
    {
        LabSession? session = null;
        try
        {
            var recorder = speaks && _proof is not null ? new SoundRecorder() : null;
            session = await StartAsync(recorder, up, over);
            if (session is null)
            {
                return;
            }

            var talking = recorder is not null ? ProveAsync(session, recorder, over) : speaks ? TalkAsync(session, over) : Task.CompletedTask;
            if (recorder is not null)
            {
                lock (_gate)
                {
                    _talks.Add(talking);
                }
            }

            await (_options.OutagesPerSecond > 0 ? SufferAsync(session, index, random, over) : _host.Clock.Delay(Timeout.InfiniteTimeSpan, over));
            await talking;
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
        finally
        {
            if (session is not null)
            {
                await LeaveAsync(session);
            }
        }
    }

    private async Task<LabSession?> StartAsync(SoundRecorder? recorder, TaskCompletionSource<ServerException?> up, CancellationToken cancellationToken)
    {
        try
        {
            var options = new LabSessionOptions
            {
                GraceSeconds = _options.GraceSeconds,
                Via = _relays is null ? null : _relays.To,
                Recorder = recorder,
            };
            var (session, times) = await LabSession.StartAsync(_host, _service, options, cancellationToken);
            lock (_gate)
            {
                _sessions.Add(session);
            }

            Counters.OnStarted(times);
            return session;
        }
        catch (ServerException e)
        {
            Counters.OnStartFailed(e.Message);
            if (Counters.Failed == _options.Sessions)
            {
                up.TrySetResult(e);
            }

            return null;
        }
        finally
        {
            if (IsUp)
            {
                up.TrySetResult(null);
            }
        }
    }

    private async Task ProveAsync(LabSession session, SoundRecorder recorder, CancellationToken over)
    {
        while (!_ending.IsCancellationRequested)
        {
            await _proof!.SayAsync(session, recorder, over);
        }
    }

    private async Task TalkAsync(LabSession session, CancellationToken over)
    {
        while (true)
        {
            try
            {
                await _service.SayAsync(session.Ticket, _options.Text, over);
            }
            catch (ServerException)
            {
                // Away, or so much waits that the next is refused: both pass.
            }

            await _host.Clock.Delay(TimeSpan.FromSeconds(8), over);
        }
    }

    private async Task SufferAsync(LabSession session, int index, SeededRandom random, CancellationToken over)
    {
        for (var turn = index; ; turn++)
        {
            await PauseAsync(TimeSpan.FromSeconds(random.UntilNext(_options.OutagesPerSecond)), over);
            if (_ending.IsCancellationRequested)
            {
                await _host.Clock.Delay(Timeout.InfiniteTimeSpan, over);
            }

            var length = TimeSpan.FromSeconds(random.Between(_options.OutageLeast.TotalSeconds, _options.OutageMost.TotalSeconds));
            var level = _options.Levels[turn % _options.Levels.Count];
            Counters.OnOutage();
            session.Cut(LineCut.Both);
            try
            {
                await PauseAsync(length, over);
                session.Cut(LineCut.None);
                await ComeBackAsync(session, level, over);
            }
            finally
            {
                Counters.OnOutageOver();
            }
        }
    }

    /// <summary>Waits, but no longer than the load is kept up.</summary>
    private async Task PauseAsync(TimeSpan span, CancellationToken over)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, _ending.Token);
        try
        {
            await _host.Clock.Delay(span, either.Token);
        }
        catch (OperationCanceledException) when (!over.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    private async Task ComeBackAsync(LabSession session, int level, CancellationToken over)
    {
        var since = _host.Clock.Now;
        if (level == 0)
        {
            if (await session.NextPictureAsync(since, TimeSpan.FromSeconds(10), over) is { } at)
            {
                Counters.OnRecovered(0, at - since, climbed: false);
                return;
            }

            level = 1;
        }

        var recovery = await session.RecoverAsync(level, over);
        if (recovery.Level is { } used)
        {
            Counters.OnRecovered(used, recovery.Took, recovery.Tried.Count > 1);
        }
        else
        {
            Counters.OnNotRecovered(recovery.Problem!);
        }
    }

    private async Task LeaveAsync(LabSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
            _totals += session.Totals();
            _heartbeatsMissed += session.HeartbeatsMissed;
        }

        try
        {
            await session.CloseAsync(CancellationToken.None);
        }
        catch (ServerException e)
        {
            Counters.Note($"end: {e.Message}");
        }

        Counters.OnGone();
        await session.DisposeAsync();
    }

    private LoadReport Report(MediaTotals arrived, double seconds, int live, ServerUse? use) => new(
        _service.Address.ToString(),
        _host.Clock.Time.GetUtcNow(),
        _options.Seed,
        Math.Round(seconds, 1),
        _options.Sessions,
        Counters.Started,
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
        _heartbeatsMissed,
        use is null ? null : Math.Round(use.Cores, 4),
        use is null ? null : Math.Round(use.Cores / Math.Max(1, Counters.Started), 5),
        use is null ? null : Math.Round(use.MemoryBytes / 1e6, 1),
        _own?.Read() is { } own ? Math.Round(own.Cores, 4) : null,
        _machine.Busy() is { } busy ? Math.Round(busy, 3) : null,
        null,
        Counters.Problems);
}
