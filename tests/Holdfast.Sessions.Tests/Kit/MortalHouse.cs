using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Sessions.Tests.Kit;

/// <summary>
/// A house that is killed and built again over the same store and the same network: the same listener, who knows nothing of it, hears on. It is known
/// which 20 ms of the speech reached him, whichever house said them.
/// </summary>
internal sealed class MortalHouse : IDisposable
{
    private readonly SimulatedNetwork _network;
    private readonly SimulatedClient _client;
    private readonly List<SimulatedHouse> _houses = [];
    private readonly List<NumberedShows> _shows = [];
    private readonly HashSet<string> _heard = [];
    private SessionConnection? _connection;
    private int _taken;

    public MortalHouse(int seed, MemoryStore? store = null)
    {
        Store = store ?? new MemoryStore();
        _network = new SimulatedNetwork(seed);
        Build();
        var visit = House.Connect();
        (_client, Id, Token) = (visit.Client, visit.Session.Id, visit.Token);
        _connection = visit.Session.Connection;
    }

    public MemoryStore Store { get; }

    /// <summary>What is shown in the house of the moment.</summary>
    public NumberedShows Shows => _shows[^1];

    public SimulatedHouse House => _houses[^1];

    public SessionKeeper Keeper { get; private set; } = null!;

    public SimulatedClient Client => _client;

    public SessionId Id { get; }

    public ResumeToken Token { get; }

    public Session Session => Assert.IsType<SessionLookup.Live>(House.Sessions.Find(Id)).Session;

    /// <summary>Lives on; what has changed is written each second, as the keeper's timer would have it.</summary>
    public void RunFor(double seconds)
    {
        for (; seconds > 0; seconds--)
        {
            _network.RunFor(TimeSpan.FromSeconds(Math.Min(1, seconds)));
            Write();
        }
    }

    public void Write() => Keeper.WriteAsync(isAll: true).GetAwaiter().GetResult();

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        Collect();
        House.Kill();
    }

    /// <summary>SIGTERM.</summary>
    public void Stop()
    {
        Collect();
        Keeper.StopAsync().GetAwaiter().GetResult();
        Collect();
        House.Kill();
    }

    /// <summary>Another house takes over, and this one plays on until then.</summary>
    /// <param name="farewell">For how long.</param>
    /// <param name="stall">For how long of it, after 100 ms, the machine has no time for its media clock.</param>
    public void Lend(TimeSpan farewell, TimeSpan stall = default)
    {
        Collect();
        Keeper.LendAsync(farewell).GetAwaiter().GetResult();
        _network.RunFor(TimeSpan.FromMilliseconds(100));
        House.IsStalled = true;
        _network.RunFor(stall);
        House.IsStalled = false;
        _network.RunFor(farewell - stall - TimeSpan.FromMilliseconds(40));
        Collect();
        House.Kill();
    }

    /// <summary>Starts it again.</summary>
    public void Start(double afterSeconds)
    {
        _network.RunFor(TimeSpan.FromSeconds(afterSeconds));
        Build();
        _connection = (House.Sessions.Find(Id) as SessionLookup.Live)?.Session.Connection;
        _taken = _client.Media!.Timestamps.Count;
    }

    /// <summary>Lives on until everything was said.</summary>
    public bool ListenToTheEnd(double seconds)
    {
        for (; seconds > 0; seconds--)
        {
            RunFor(1);
            if (Session.Snapshot() is { State: SessionState.Connected, Queued: 0, Speaking: false })
            {
                Collect();
                return true;
            }
        }

        return false;
    }

    /// <summary>The words of an utterance that never reached him from their beginning to their end.</summary>
    public IReadOnlyList<string> Lost(string utteranceId, string text) =>
        [.. Enumerable.Range(0, text.Length).Select(i => $"{utteranceId}.{i}").Where(word => !_heard.Contains(word))];

    public void Dispose()
    {
        foreach (var house in _houses)
        {
            house.Dispose();
        }

        _client.Dispose();
    }

    /// <summary>Which words reached him of what this house said.</summary>
    private void Collect()
    {
        if (_connection is not { } connection || _shows[^1].Made.Count == 0)
        {
            return;
        }

        var show = _shows[^1].Made[0];
        var places = _client.Media!.Timestamps.Skip(_taken)
            .Where(packet => packet.Ssrc == _client.Answer.AudioSsrc)
            .Select(packet => connection.TickOf(packet.Timestamp))
            .Order()
            .Select(tick => tick is { } at && show.PlaceAt.TryGetValue(at, out var place) ? place : 0)
            .Where(static place => place != 0)
            .ToList();
        var lost = new HeardWords(show, places).Lost(filledIn: 4);
        _heard.UnionWith(show.Words.Select(static word => word.Name).Except(lost, StringComparer.Ordinal));
    }

    private void Build()
    {
        var shows = new NumberedShows();
        SessionKeeper? keeper = null;
        var house = new SimulatedHouse(_network, shows: shows, prepare: made =>
        {
            keeper = made.KeepIn(Store);
            keeper.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
        });
        shows.Clock = () => house.CurrentTick;
        _shows.Add(shows);
        _houses.Add(house);
        Keeper = keeper!;
        Keeper.RestoreAsync().GetAwaiter().GetResult();
        house.Know(house.Sessions.Live.Select(static session => session.Id.Value));
        house.Settle();
    }
}
