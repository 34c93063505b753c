using System.Collections.Concurrent;
using System.Net;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Tests.Kit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Sessions.Tests.Kit;

/// <summary>
/// A whole server on the simulated network: the real endpoint, pacer and sessions, in virtual time. Nothing in it is replaced
/// but the socket, the clock and what is shown.
/// </summary>
internal sealed class SimulatedHouse : ISimulatedHost, IDisposable
{
    private static readonly IPEndPoint Address = IPEndPoint.Parse("192.0.2.1:8010");
    private static readonly IPAddress ClientAddress = IPAddress.Parse("198.51.100.7");
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    // In lock-step one more that waits for a thread would wait for ever: time stands still meanwhile.
    private const int MaxHandshakes = 32;

    private readonly FakeTimeProvider _time;
    private readonly SimulatedSocket _socket = new();
    private readonly MediaPacer _pacer;
    private readonly List<Session> _sessions = [];
    private RtcTime _next;
    private bool _isKilled;
    private int _nextClientPort = 40_000;

    public SimulatedHouse(SimulatedNetwork network, SessionSettings? settings = null, IShowFactory? shows = null, ILogger<Session>? logger = null, Action<SimulatedHouse>? prepare = null)
    {
        Network = network;
        _time = new FakeTimeProvider(network.Now.ToDateTimeOffset());
        Endpoint = new RtcEndpoint(
            Announced(),
            _time,
            new LineLog<RtcEndpoint>(Lines),
            new HandshakeThreads(MaxHandshakes) { IsLockstep = true });
        _pacer = new MediaPacer(_time, new LineLog<MediaPacer>(Lines), new MediaPacerOptions { StartThreads = false, Output = new WireOutput(Endpoint) });
        Sessions = new SessionDirectory(settings ?? new SessionSettings(), Endpoint, _pacer, shows ?? Shows, _time, logger ?? NullLogger<Session>.Instance);
        prepare?.Invoke(this);
        Endpoint.Start(_socket);
        _next = network.Now + Step;
        network.Attach(this);
    }

    public SimulatedNetwork Network { get; }

    public RtcEndpoint Endpoint { get; }

    public SessionDirectory Sessions { get; }

    /// <summary>What the wire and the media clock wrote of errors.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>The shows of a house that was given no others.</summary>
    public ToneShows Shows { get; } = new();

    /// <summary>Whether time stands still until a session that is over has let go of what it had.</summary>
    public bool AwaitsEnds { get; init; } = true;

    /// <summary>Whether the media clock's thread gets no time.</summary>
    public bool IsStalled { get; set; }

    /// <summary>The media clock.</summary>
    public long CurrentTick => _pacer.CurrentTick.Index;

    /// <summary>Datagrams handed to the socket so far.</summary>
    public int Sent => _socket.Sent;

    public RtcTime NextTimeout => _isKilled ? RtcTime.Never : _next;

    /// <summary>A client with a session, which is not connected yet.</summary>
    public Visit Open(TimeSpan? grace = null, OfferOptions? offer = null, GapPolicy gapPolicy = GapPolicy.Pause, IPAddress? address = null)
    {
        var client = NewClient(offer);
        var request = new SessionRequest(client.Offer, null, grace, gapPolicy) { ClientAddress = address };
        var created = Assert.IsType<CreateSessionResult.Created>(Sessions.Create(request));
        _sessions.Add(created.Session);
        client.Start(created.Answer.Sdp);
        return new Visit(this, client, created.Session, created.Token, created.Answer);
    }

    /// <summary>A client with a session that is connected.</summary>
    public Visit Connect(TimeSpan? grace = null, OfferOptions? offer = null, GapPolicy gapPolicy = GapPolicy.Pause)
    {
        var visit = Open(grace, offer, gapPolicy);
        Assert.True(Network.RunUntil(() => visit.Session.State == SessionState.Connected && visit.Client.IsConnected, TimeSpan.FromSeconds(5)));
        Network.RunFor(TimeSpan.FromSeconds(1));
        return visit;
    }

    /// <summary>Stops politely: what it leaves to the next house.</summary>
    /// <param name="isKept">Whether its owners are told that it is kept.</param>
    public IReadOnlyList<StoredSession> PutAside(bool isKept = true)
    {
        var aside = Sessions.PutAsideAllAsync(static _ => 0, withConnections: false).GetAwaiter().GetResult();
        Sessions.TellKept(isKept ? [.. aside.Select(static one => one.Session.Id)] : []);
        return [.. aside.Select(static one => new StoredSession(one.Capture.Record, one.Capture.Kept))];
    }

    /// <summary>Begins with what a house before this one left; people come back with new connections.</summary>
    public (int Live, int GoesOn, int Expired) TakeUp(IReadOnlyList<StoredSession> kept)
    {
        var taken = Sessions.Restore([.. kept.Select(ThroughBytes)], new PriorProcess(RtcTime.From(kept.Max(static one => one.Record.StateSince)), IsClean: true, CanGoOn: false));
        Know(kept.Select(static one => one.Record.Id));
        return taken;
    }

    /// <summary>A keeper of this house, which is asked to write by hand: nothing in a simulation waits for a timer.</summary>
    public SessionKeeper KeepIn(ISessionStore store) =>
        new(Sessions, Endpoint, store, protection: null, keepsConnections: true, _time, NullLogger<SessionKeeper>.Instance);

    /// <summary>Waits for these sessions, too, before time goes on.</summary>
    public void Know(IEnumerable<long> ids) =>
        _sessions.AddRange(ids.Select(id => SessionId.TryFrom(id, out var name) ? Sessions.Find(name) : null).OfType<SessionLookup.Live>().Select(static found => found.Session));

    /// <summary>SIGKILL: from now on it does nothing, and nothing reaches it.</summary>
    public void Kill() => _isKilled = true;

    /// <summary>A further client, with an address of its own, that has an offer and nothing else.</summary>
    public SimulatedClient NewClient(OfferOptions? offer = null) =>
        new(Network, offer) { Address = new IPEndPoint(ClientAddress, _nextClientPort++) };

    public bool Owns(IPEndPoint address) => !_isKilled && Address.Equals(address);

    public void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram)
    {
        Advance(now);
        Endpoint.Deliver(datagram, source.Serialize());
        Settle();
    }

    public void HandleTimeout(RtcTime now)
    {
        _next = now + Step;
        Advance(now);
        Settle();
        if (!IsStalled)
        {
            _pacer.RunDueTicks();
            Settle();
        }
    }

    public bool TryTakeDatagram(out SimulatedDatagram datagram)
    {
        datagram = null!;
        return !_isKilled && _socket.Outgoing.TryDequeue(out datagram!);
    }

    public void Dispose()
    {
        Shows.ReleaseDisposals();

        // Nobody waits for what it was still to play.
        _time.Advance(TimeSpan.FromSeconds(5));
        Sessions.CloseAllAsync(SessionReason.ServerStopping).GetAwaiter().GetResult();
        Sessions.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Endpoint.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _pacer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Waits for what the sessions decided to be carried out, which no clock is needed for.</summary>
    public void Settle()
    {
        foreach (var session in _sessions.Where(session => AwaitsEnds || session.EndReason is null))
        {
            session.Settled.GetAwaiter().GetResult();
        }
    }

    private static StoredSession ThroughBytes(StoredSession stored)
    {
        var (record, connection) = stored;
        var bytes = SessionRecordFormat.Write(record with { Companion = null, Journal = record.Journal with { Entries = [] } });
        Assert.True(SessionRecordFormat.TryRead(SessionRecordFormat.Write(record.Journal.Entries), out var entries));
        Assert.True(SessionRecordFormat.TryRead(bytes, entries, record.Companion, out var read, out var error), error);
        return new StoredSession(read, connection);
    }

    private static RtcEndpointOptions Announced()
    {
        var options = new RtcEndpointOptions { Port = Address.Port };
        options.AnnouncedAddresses.Add(Address.Address.ToString());
        return options;
    }

    private void Advance(RtcTime now)
    {
        var ahead = now.ToDateTimeOffset() - _time.GetUtcNow();
        if (ahead > TimeSpan.Zero)
        {
            _time.Advance(ahead);
        }
    }

    private sealed class SimulatedSocket : IDatagramSocket
    {
        public IPEndPoint LocalEndPoint => Address;

        public Queue<SimulatedDatagram> Outgoing { get; } = new();

        public int Sent { get; private set; }

        public SocketAddress ToSocketAddress(IPEndPoint endPoint) => endPoint.Serialize();

        public IPEndPoint ToEndPoint(SocketAddress address) => (IPEndPoint)LocalEndPoint.Create(address);

        public DropReason? Send(ReadOnlySpan<byte> datagram, SocketAddress destination)
        {
            Sent++;
            Outgoing.Enqueue(new SimulatedDatagram(Address, ToEndPoint(destination), datagram.ToArray()));
            return null;
        }

        public void Dispose() => Outgoing.Clear();
    }
}

/// <summary>One client's visit: its side of the wire and its session.</summary>
internal sealed record Visit(SimulatedHouse House, SimulatedClient Client, Session Session, ResumeToken Token, ConnectionAnswer Answer)
{
    public ToneShow Show => House.Shows.Made[^1];

    public void RunFor(double seconds) => House.Network.RunFor(TimeSpan.FromSeconds(seconds));

    public bool Reaches(SessionState state, double withinSeconds) =>
        House.Network.RunUntil(() => Session.State == state, TimeSpan.FromSeconds(withinSeconds));

    /// <summary>Comes back with a new connection (level 3), as a page of this name.</summary>
    public (SimulatedClient Client, ResumeToken Token) Reconnect(string page)
    {
        var client = House.NewClient();
        var answered = Assert.IsType<ReconnectResult.Answered>(Session.Reconnect(client.Offer, page));
        client.Start(answered.Answer.Sdp);
        return (client, answered.Token);
    }

    public void CutOff() => House.Network.Conditions = House.Network.Conditions with { IsDown = true };

    public void Restore() => House.Network.Conditions = House.Network.Conditions with { IsDown = false };
}
