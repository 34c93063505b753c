using Holdfast.Media;

namespace Holdfast.Sessions.Tests.Kit;

/// <summary>What happens on the way in a simulated playout, in ticks of 20 ms.</summary>
/// <param name="Seed">Of all chance.</param>
/// <param name="Delay">One way.</param>
/// <param name="Loss">The share of packets lost one by one.</param>
/// <param name="FeedbackLoss">The share of feedback messages lost.</param>
/// <param name="Bursts">Packets from the first tick on, so many ticks long, are lost.</param>
/// <param name="Outages">As bursts, but the feedback is lost too.</param>
/// <param name="FeedbackInterval">How often there is feedback.</param>
/// <param name="Jitter">So much later may a packet come, at random.</param>
/// <param name="Ambushes">Outages at the ends of the passages, of the first one the first.</param>
internal sealed record PlayoutConditions(
    int Seed,
    int Delay = 2,
    double Loss = 0,
    double FeedbackLoss = 0,
    IReadOnlyList<(int From, int Length)>? Bursts = null,
    IReadOnlyList<(int From, int Length)>? Outages = null,
    int FeedbackInterval = 5,
    int Jitter = 0,
    IReadOnlyList<Ambush>? Ambushes = null);

/// <summary>An outage at the end of a passage, and another one soon after.</summary>
/// <param name="After">Ticks from when its last sound is sent; before it where negative.</param>
/// <param name="Length">How long it lasts.</param>
/// <param name="Respite">How long there is a path again after it.</param>
/// <param name="Second">How long the second one lasts; 0: there is none.</param>
internal sealed record Ambush(int After, int Length, int Respite, int Second);

/// <summary>
/// A show, the real playout and its ledger, and a client that plays what reaches it and says what arrived; the network between
/// them is a pattern of losses. A tick is 20 ms, and costs some 100 ns.
/// </summary>
internal sealed class PlayoutSimulation : IShowObserver
{
    /// <summary>Without feedback for so long it stands still: 600 ms.</summary>
    private const int InterruptedAfter = 30;

    private readonly PlayoutConditions _conditions;
    private readonly GapPolicy _policy;
    private readonly Random _random;
    private readonly short[] _pcm = new short[SoundFormat.SamplesPerFrame];
    private readonly List<Packet> _sent = [];
    private readonly PriorityQueue<Packet, (int At, int Order)> _down = new();
    private readonly PriorityQueue<(int From, int To, HashSet<int> Missing), int> _up = new();
    private readonly HashSet<int> _arrived = [];
    private readonly List<Packet> _played = [];
    private readonly HashSet<long> _untold = [];
    private int _reported;
    private int _newestArrived = -1;
    private int _lastFeedback;
    private int _pausedAt;
    private bool _isPaused;

    private readonly string _text;
    private readonly Finishing _finishing;
    private readonly List<Ambush> _ambushes;
    private readonly List<(int From, int Length)> _ambushed = [];
    private int _toSay;
    private int _saidBefore;
    private int _sayAt = -1;
    private long _place;
    private int _endsAt;

    /// <param name="conditions">The network.</param>
    /// <param name="text">What is said.</param>
    /// <param name="tolerance">What may be lost.</param>
    /// <param name="policy">What becomes of what is said while nobody can hear it.</param>
    /// <param name="times">How often it is said: again a while after it was told that the one before has been heard.</param>
    public PlayoutSimulation(
        PlayoutConditions conditions, string text, PlayoutTolerance? tolerance = null, GapPolicy policy = GapPolicy.Pause, int times = 1)
    {
        _conditions = conditions;
        _policy = policy;
        _text = text;
        _toSay = times;
        _random = new Random(conditions.Seed);
        _ambushes = [.. conditions.Ambushes ?? []];
        Show = new NumberedShow(this);
        Playout = new Playout(Show, tolerance);
        _finishing = new Finishing(Playout, OnHeard);
        Say();
    }

    public NumberedShow Show { get; }

    public Playout Playout { get; }

    /// <summary>The places that the client played, in order.</summary>
    public IReadOnlyList<long> Played => [.. _played.Select(packet => packet.Place)];

    public List<Resumption> Resumptions { get; } = [];

    /// <summary>What the listener makes of it.</summary>
    public HeardWords Words => new(Show, Played);

    /// <summary>
    /// The words that were never heard whole, but for those that nobody can know of: what tore them was too short to be noticed, and the one report that
    /// told of it was lost too.
    /// </summary>
    public IReadOnlyList<string> LostWords => [.. Words.Lost(PlayoutTolerance.Default.MaxLost).Except(TornUnseen, StringComparer.Ordinal)];

    private IEnumerable<string> TornUnseen => Show.Words.Where(word => _untold.Count(place => place >= word.First && place <= word.Last && !Show.IsSilent(place))
        > PlayoutTolerance.Default.MaxLost).Select(static word => word.Name);

    /// <summary>The words that had not been heard whole when it was told that their passage had been.</summary>
    public List<string> ToldTooEarly { get; } = [];

    public int Now { get; private set; }

    /// <summary>Runs until all was heard, or the time is over.</summary>
    public bool RunToEnd(int ticks)
    {
        for (; Now < ticks; Now++)
        {
            if (Now == _sayAt)
            {
                Say();
            }

            Serve();
            Receive();
            if (_toSay == 0 && !_isPaused && Show.HandedOut.Count > 0 && Show.HandedOut[^1] == 0 && Playout.WasHeard(Show.Places))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// How many places that sound were not played in their place in the order, where gaps of up to so many are filled in by the
    /// decoder.
    /// </summary>
    public long Missing(int filledIn)
    {
        // What was played is followed as a listener does who forgives small gaps: the next word must follow the last.
        var next = 1L;
        foreach (var (_, _, place) in _played)
        {
            if (place >= next && Sounding(next, place) <= filledIn)
            {
                next = place + 1;
            }
        }

        return Sounding(next, Show.Places + 1) <= filledIn ? 0 : Sounding(next, Show.Places + 1);
    }

    /// <summary>Places that sound and were never played.</summary>
    public int NeverPlayed
    {
        get
        {
            var played = _played.Select(packet => packet.Place).ToHashSet();
            return Enumerable.Range(1, (int)Show.Places).Count(place => !Show.IsSilent(place) && !played.Contains(place));
        }
    }

    /// <summary>Places that were played more than once, counted each time.</summary>
    public int Repeated => _played.Count - _played.DistinctBy(packet => packet.Place).Count();

    public void UtteranceStarted(string utteranceId)
    {
    }

    public void UtteranceEnded(string utteranceId, UtteranceEnd end) => _finishing.Add(utteranceId, Show.Place);

    public void UtteranceFailed(string utteranceId, UtteranceFault fault)
    {
    }

    private int Sounding(long from, long to)
    {
        var count = 0;
        for (var place = from; place < to; place++)
        {
            count += Show.IsSilent(place) ? 0 : 1;
        }

        return count;
    }

    private void Serve()
    {
        while (_up.TryPeek(out var feedback, out var at) && at <= Now)
        {
            _up.Dequeue();
            OnFeedback(feedback.From, feedback.To, feedback.Missing);
        }

        if (_isPaused)
        {
            PassTime();
            return;
        }

        if (Now - _lastFeedback > InterruptedAfter)
        {
            (_isPaused, _pausedAt) = (true, Now);
            PassTime();
            return;
        }

        if (_policy != GapPolicy.Finish && Playout.Repair() is { } repair)
        {
            _finishing.BeginAgain();
            Resumptions.Add(repair);
        }

        var sounds = Show.ReadAudio(_pcm);
        _place = Show.Place;
        Send(Playout.OnSending(Show.Place, Now, !sounds), Show.Place);
        Playout.Release(new MediaTick(Now));
        _finishing.Tick(_place, isPromised: true);
        LieInWait();
    }

    private void Say()
    {
        _toSay--;
        Show.Say(new Utterance($"u{++_saidBefore}", _text));
        _endsAt = 0;
    }

    /// <summary>It was told that a passage has been heard to its end.</summary>
    private void OnHeard(string utteranceId)
    {
        var lost = LostWords;
        ToldTooEarly.AddRange(lost.Where(word => word.StartsWith(utteranceId + ".", StringComparison.Ordinal)));
        _sayAt = _toSay > 0 ? Now + _random.Next(1, 100) : -1;
    }

    private void LieInWait()
    {
        // When the passage ends, as far as can be known before it does.
        var left = (int)(Show.Places - Show.Furthest);
        _endsAt = left > 0 || _endsAt == 0 ? Now + left : _endsAt;
        if (_ambushes.Count > 0 && Now - _endsAt >= _ambushes[0].After)
        {
            var (_, length, respite, second) = _ambushes[0];
            _ambushes.RemoveAt(0);
            _ambushed.Add((Now + 1, length));
            _ambushed.Add((Now + 1 + length + respite, second));
        }
    }

    private void PassTime()
    {
        if (_policy == GapPolicy.Finish)
        {
            Playout.OnSkipped(new MediaTick(Now), Show.ReadAudio(_pcm));
        }

        if (Now % 10 == 0)
        {
            Send(0, 0);
        }
    }

    private void OnFeedback(int from, int to, HashSet<int> missing)
    {
        var acknowledged = new List<ulong>();
        var lost = new List<ulong>();
        for (var i = from; i < to; i++)
        {
            if (_sent[i].Tag != 0)
            {
                (missing.Contains(i) ? lost : acknowledged).Add(_sent[i].Tag);
            }
        }

        _lastFeedback = Now;
        Playout.OnFeedback(acknowledged.ToArray(), lost.ToArray(), witnesses: false);
        if (_isPaused)
        {
            _isPaused = false;
            var away = MediaTick.Duration * (Now - _pausedAt);
            if (Playout.Resume(new ResumeCause(away, Replaced: false, _pausedAt, ToldUpTo: _pausedAt, Played: null)) is { } resumption)
            {
                _finishing.BeginAgain();
                Resumptions.Add(resumption);
            }
        }
    }

    private void Send(ulong tag, long place)
    {
        var packet = new Packet(_sent.Count, tag, place);
        _sent.Add(packet);
        var (chance, jitter) = (_random.NextDouble(), _random.Next(_conditions.Jitter + 1));
        if (chance >= _conditions.Loss && !IsWithin(_conditions.Bursts) && !IsWithin(_conditions.Outages) && !IsWithin(_ambushed))
        {
            _down.Enqueue(packet, (Now + _conditions.Delay + jitter, packet.Number));
        }
    }

    private void Receive()
    {
        while (_down.TryPeek(out var packet, out var due) && due.At <= Now)
        {
            _down.Dequeue();
            _arrived.Add(packet.Number);
            _newestArrived = Math.Max(_newestArrived, packet.Number);

            // What comes after it was told of as missing is told of again, as browsers do.
            _reported = Math.Min(_reported, packet.Number);

            // A jitter buffer plays in order what comes at most 100 ms late.
            if (packet.Place > 0 && _newestArrived - packet.Number <= 5)
            {
                var at = _played.Count;
                while (at > 0 && _played[at - 1].Number > packet.Number)
                {
                    at--;
                }

                _played.Insert(at, packet);
            }
        }

        if (Now % _conditions.FeedbackInterval == 0 && _newestArrived >= _reported)
        {
            var missing = Enumerable.Range(_reported, _newestArrived + 1 - _reported).Where(i => !_arrived.Contains(i)).ToHashSet();
            if (_random.NextDouble() >= _conditions.FeedbackLoss && !IsWithin(_conditions.Outages) && !IsWithin(_ambushed))
            {
                _up.Enqueue((_reported, _newestArrived + 1, missing), Now + _conditions.Delay);
            }
            else if (!_isPaused)
            {
                _untold.UnionWith(missing.Select(i => _sent[i].Place));
            }

            _reported = _newestArrived + 1;
        }
    }

    private bool IsWithin(IReadOnlyList<(int From, int Length)>? times) =>
        times is not null && times.Any(time => Now >= time.From && Now < time.From + time.Length);

    private sealed record Packet(int Number, ulong Tag, long Place);
}
