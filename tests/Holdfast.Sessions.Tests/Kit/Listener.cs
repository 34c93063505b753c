using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Sessions.Tests.Kit;

/// <summary>
/// Somebody who listens to a numbered show in a whole simulated house, and comes back each time the network fails him: knows which 20
/// ms of the speech reached him, by the RTP timestamps of the packets that he could decrypt.
/// </summary>
internal sealed class Listener : IDisposable
{
    private readonly List<long> _before = [];
    private readonly NumberedShows _shows = new();
    private SimulatedClient _client;
    private SessionConnection _connection;
    private byte[] _secret;

    public Listener(int seed, GapPolicy policy = GapPolicy.Pause, OfferOptions? offer = null, int asksUntilBack = 0, SessionSettings? settings = null)
    {
        _shows.AsksUntilBack = asksUntilBack;
        House = new SimulatedHouse(new SimulatedNetwork(seed), settings, _shows);
        _shows.Clock = () => House.CurrentTick;
        Visit = House.Connect(offer: offer, gapPolicy: policy);
        _client = Visit.Client;
        _connection = Visit.Session.Connection!;
        _secret = Visit.Answer.IceSecret.ToArray();
    }

    public SimulatedHouse House { get; }

    public Visit Visit { get; }

    public NumberedShow Show => _shows.Made.Single();

    public PlayoutSnapshot Playout => Visit.Session.Snapshot().Playout!;

    /// <summary>The places that reached him, on all his connections, in the order in which they are played.</summary>
    public IReadOnlyList<long> Heard => [.. _before, .. HeardNow()];

    /// <summary>The RTP timestamp of the sound that reached him last on this connection.</summary>
    public uint NewestTimestamp => _client.Media!.Timestamps.Last(packet => packet.Ssrc == _client.Answer.AudioSsrc).Timestamp;

    /// <summary>Sounding places that did not reach him, though the show had got beyond them.</summary>
    public int NeverHeard
    {
        get
        {
            var heard = Heard.ToHashSet();
            return Enumerable.Range(1, (int)Show.Places).Count(place => !Show.IsSilent(place) && !heard.Contains(place));
        }
    }

    /// <summary>Whether all reached him in order, gaps of up to so many 20 ms of sound filled in; of silence nothing can be lost.</summary>
    public bool HeardAllInOrder(int filledIn)
    {
        var next = 1L;
        foreach (var place in Heard)
        {
            next = place >= next && Sounding(next, place) <= filledIn ? place + 1 : next;
        }

        return Sounding(next, Show.Places + 1) <= filledIn;
    }

    /// <summary>What he makes of it.</summary>
    public HeardWords Words => new(Show, Heard);

    /// <summary>The network fails and comes back.</summary>
    public void LoseTheNetworkFor(double seconds)
    {
        Visit.CutOff();
        Visit.RunFor(seconds);
        Visit.Restore();
    }

    /// <summary>Restarts the path without asking (level 1).</summary>
    public void Restart() => _client.RestartByDerivation(Visit.Session.Generation + 1, _secret);

    /// <summary>The page is loaded again: all it had received and not played is gone, and a new connection is made (level 3).</summary>
    public void Reload(uint? played = null)
    {
        _before.AddRange(HeardNow());
        _client.IsAlive = false;
        Reconnect(played);
    }

    /// <summary>
    /// The page dies without a word, and with it what it had received and not played yet; after a while it is opened again, and makes a new connection,
    /// of which the server knows only that it is another.
    /// </summary>
    /// <param name="away">For how long, in seconds, there is no page.</param>
    /// <param name="buffered">How much the page had received and not played: 20 ms each.</param>
    public void Crash(double away, int buffered)
    {
        var played = Heard.Count - buffered;
        var heard = Heard.Take(Math.Max(0, played)).ToArray();
        _before.Clear();
        _before.AddRange(heard);
        _client.IsAlive = false;
        Visit.RunFor(away);
        Reconnect(played: null);
    }

    /// <summary>Listens until everything was said, or the time is over.</summary>
    public bool ListenToTheEnd(double seconds)
    {
        for (; seconds > 0; seconds--)
        {
            if (House.Network.RunUntil(
                () => Visit.Session.Snapshot() is { State: SessionState.Connected, Queued: 0, Speaking: false },
                TimeSpan.FromSeconds(Math.Min(1, seconds))))
            {
                return true;
            }

            // Who gives no finer feedback reports once a second, as browsers do.
            if (!_client.Options.HasTransportFeedback)
            {
                _client.Media!.ReportSound();
            }
        }

        return false;
    }

    public void Dispose() => House.Dispose();

    private void Reconnect(uint? played)
    {
        _client = House.NewClient();
        var answered = Assert.IsType<ReconnectResult.Answered>(Visit.Session.Reconnect(_client.Offer, "page", played));
        _secret = answered.Answer.IceSecret.ToArray();
        _client.Start(answered.Answer.Sdp);
        Assert.True(House.Network.RunUntil(() => Visit.Session.Generation == answered.Answer.Generation && _client.IsConnected, TimeSpan.FromSeconds(8)));
        _connection = Visit.Session.Connection!;
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

    private IEnumerable<long> HeardNow() => _client.Media is null
        ? []
        : _client.Media.Timestamps
            .Where(packet => packet.Ssrc == _client.Answer.AudioSsrc)
            .Select(packet => _connection.TickOf(packet.Timestamp))
            .Order()
            .Select(tick => tick is { } at && Show.PlaceAt.TryGetValue(at, out var place) ? place : 0)
            .Where(place => place != 0);
}
