using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Stun;
using Microsoft.Extensions.Logging;

namespace Holdfast.Rtc;

/// <summary>The socket: routes datagrams to connections, drives their time, and is the only place where the wire does I/O.</summary>
public sealed partial class RtcEndpoint : IAsyncDisposable
{
    private const int PublicationBuffer = 512 * 1024;

    private readonly RtcEndpointOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<RtcEndpoint> _logger;
    private readonly long _originTimestamp;
    private readonly RtcTime _origin;
    private DtlsCertificate _certificate;
    private readonly KeepingTerm _term = new();
    private readonly HandshakeThreads _handshakes;
    private readonly DeadlineQueue _deadlines;
    private readonly DropCounters _drops = new();
    private readonly Lock _dropsGate = new();
    private IDatagramSocket? _socket;
    private HostAddresses? _addresses;
    private EndpointSocket? _opened;
    private Reception? _reception;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Outboxes _outboxes;
    private readonly FirstLook _look;
    private volatile bool _isFenced;
    private long _datagramsSent;
    private long _bytesSent;
    private long _datagramsReceived;
    private long _bytesReceived;

    /// <param name="options">Settings.</param>
    /// <param name="timeProvider">The clock and the timers.</param>
    /// <param name="logger">Where it says what happens to it.</param>
    public RtcEndpoint(RtcEndpointOptions options, TimeProvider timeProvider, ILogger<RtcEndpoint> logger)
        : this(options, timeProvider, logger, new HandshakeThreads(options.MaxHandshakes))
    {
    }

    internal RtcEndpoint(RtcEndpointOptions options, TimeProvider timeProvider, ILogger<RtcEndpoint> logger, HandshakeThreads handshakes)
    {
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _originTimestamp = timeProvider.GetTimestamp();
        _origin = RtcTime.From(timeProvider.GetUtcNow());
        _certificate = DtlsCertificate.Create(_origin);
        _handshakes = handshakes;
        _handshakes.Faulted = OnFault;
        Routes = new RoutingTable();
        _look = new FirstLook(Routes);
        _outboxes = new Outboxes(this);
        _deadlines = new DeadlineQueue(timeProvider, () => Now, OnFault, _outboxes);
    }

    /// <summary>The UDP port; 0 before the start where any was asked for.</summary>
    public int Port => _socket?.LocalEndPoint.Port ?? _options.Port;

    /// <summary>Whether the socket is open and its loop receives.</summary>
    public bool IsRunning => _reception is { IsAlive: true } && !_stopping.IsSet;

    /// <summary>The addresses that answers name at this moment, the preferred first; none before the start.</summary>
    public IReadOnlyList<IPEndPoint> Candidates => _addresses?.All ?? [];

    /// <summary>Now, on the clock of the wire.</summary>
    public RtcTime Now => At(_timeProvider.GetTimestamp());

    internal RoutingTable Routes { get; }

    private IDatagramSocket Socket => _socket ?? throw new InvalidOperationException("The endpoint is not started.");

    /// <summary>The instant of a timestamp of the time provider.</summary>
    public RtcTime At(long timeProviderTimestamp) => _origin + _timeProvider.GetElapsedTime(_originTimestamp, timeProviderTimestamp);

    /// <summary>
    /// The addresses that the answer to one client names: those that were configured, or else those that this machine has now and the client
    /// can use.
    /// </summary>
    /// <param name="reachedAt">The address at which the client reached this machine, such as that of its HTTP request; null where that is not known.</param>
    public IReadOnlyList<IPEndPoint> CandidatesFor(IPAddress? reachedAt) => _addresses?.For(reachedAt) ?? [];

    /// <summary>Opens the socket, whose port nobody else has, and begins to receive.</summary>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    /// <exception cref="FormatException">An address in the options is none.</exception>
    public void Start()
    {
        Open(PortUse.Alone);
        Receive();
    }

    /// <summary>Opens the socket. What arrives waits in the system's buffer until <see cref="Receive"/>.</summary>
    /// <param name="use">Who else may have its port.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    /// <exception cref="FormatException">An address in the options is none.</exception>
    public void Open(PortUse use)
    {
        var bindAddress = _options.BindAddress is null ? null : IPAddress.Parse(_options.BindAddress);
        Start(_opened = EndpointSocket.Open(bindAddress, _options.Port, _options.SocketBufferSize, use));
    }

    /// <summary>
    /// The same with a socket that somebody else opened, and has too: what arrived while there was no process that reads is in it. The options' address and port
    /// count no more.
    /// </summary>
    /// <param name="socket">A UDP socket that is bound. It is the endpoint's from now on, and stays open until the process ends.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public void Open(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Start(_opened = EndpointSocket.Adopt(socket, _options.SocketBufferSize));
    }

    /// <summary>
    /// Begins to receive, once the connections are there that another process left: what is for a connection that is not there is dropped. Again it changes nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is not open.</exception>
    public void Receive()
    {
        var socket = _opened ?? throw new InvalidOperationException("The endpoint is not open.");
        if (_reception is null)
        {
            _reception = new Reception(this, socket, LogReceiveFailed, OnFault);
            LogStarted(Port);
        }
    }

    /// <summary>
    /// Reads nothing more where the socket stays open when this endpoint is gone (<see cref="Open(Socket)"/>): what arrives from now on is the next process's. Before
    /// connections are given to it, because a client's check that is read by who has given them away is answered by nobody. Elsewhere it changes nothing.
    /// </summary>
    /// <returns>Completes when all that was read is taken in.</returns>
    public Task LeaveUnreadAsync() => _opened is { EndsWaiting: false } && _reception is { } reception ? Task.Run(reception.Dispose) : Task.CompletedTask;

    /// <summary>Sends through a socket whose datagrams the owner hands to <see cref="Deliver"/>: in a simulation nothing waits on a thread.</summary>
    internal void Start(IDatagramSocket socket)
    {
        if (_socket is not null)
        {
            socket.Dispose();
            throw new InvalidOperationException("The endpoint is started already.");
        }

        _socket = socket;
        _addresses = new HostAddresses(_options.AnnouncedAddresses, socket.LocalEndPoint.Address, Port);
        RtcDiagnostics.Add(this);
    }

    /// <summary>
    /// Carries out one call with itself, in memory, so that the first client does not wait for the compiler. Takes about half a second, once.
    /// </summary>
    /// <returns>Whether the call was complete; false never does any harm.</returns>
    public async Task<bool> WarmUpAsync() => await CallItselfAsync().ConfigureAwait(false) is not null;

    /// <summary>The same, and what another process would need to go on with that call: its client is nowhere, and what is sent to it is lost.</summary>
    /// <returns>Null where the call was not complete.</returns>
    public Task<KeptConnection?> CallItselfAsync() => Task.Run(() => WarmUp.Run(_certificate, Now));

    /// <summary>Answers an offer with a new connection.</summary>
    /// <param name="options">What it is made with; its tag must be no other connection's.</param>
    /// <param name="offerSdp">The client's offer.</param>
    /// <param name="observer">Is told what happens on it.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="error">Why the offer cannot be answered, a sentence for a person.</param>
    /// <exception cref="InvalidOperationException">The endpoint is not started, or the tag is taken.</exception>
    public bool TryAccept(
        RtcPeerOptions options,
        string offerSdp,
        IRtcConnectionObserver observer,
        [NotNullWhen(true)] out RtcConnection? connection,
        [NotNullWhen(false)] out string? error)
    {
        _ = Socket;
        ObjectDisposedException.ThrowIf(_stopping.IsSet, this);
        if (options.Candidates.Count == 0)
        {
            options = options with { Candidates = Candidates };
        }

        var accepted = new RtcConnection(this, observer, options.Tag);

        // In lock-step the connection waits for the handshake, which therefore must not wait for the connection.
        Action? onProgress = _handshakes.IsLockstep ? null : accepted.HandleTimeout;
        if (!RtcPeer.TryCreate(options, _certificate, _handshakes, offerSdp, Now, out var peer, out error, onProgress, _term))
        {
            connection = null;
            return false;
        }

        accepted.Attach(peer);
        if (!Routes.TryAdd(accepted))
        {
            accepted.Close();
            throw new InvalidOperationException("There is a connection with this tag already.");
        }

        connection = accepted;
        return true;
    }

    /// <summary>Prepares a connection to another server, which this side offers, on a socket of its own.</summary>
    /// <exception cref="ObjectDisposedException">The endpoint is stopped.</exception>
    /// <exception cref="SocketException">The system has no socket left.</exception>
    public RtcPublication Publish()
    {
        ObjectDisposedException.ThrowIf(_stopping.IsSet, this);
        return new RtcPublication(this, _certificate, _handshakes, _timeProvider, EndpointSocket.Open(null, 0, PublicationBuffer));
    }

    /// <summary>
    /// Makes a connection again that another process had, from what it stored last. It is connected, answers the client's checks at once, and sends as soon as
    /// numbers are reserved (<see cref="RtcConnection.Keep"/>, <see cref="RtcConnection.OnKept"/>).
    /// </summary>
    /// <param name="options">Its patience; the tag, the secret and all else are what they were.</param>
    /// <param name="kept">What was stored.</param>
    /// <param name="heardAt">When the client was heard of last, as far as that is known: for a while after it something may be sent before it is heard again.</param>
    /// <param name="observer">Is told what happens on it.</param>
    /// <param name="connection">The connection.</param>
    /// <returns>False where it cannot be made: what was stored is not such a connection, or there is one with its tag.</returns>
    public bool TryRestore(
        RtcPeerOptions options, KeptConnection kept, RtcTime heardAt, IRtcConnectionObserver observer, [NotNullWhen(true)] out RtcConnection? connection)
    {
        _ = Socket;
        ArgumentNullException.ThrowIfNull(kept);
        ObjectDisposedException.ThrowIf(_stopping.IsSet, this);
        connection = null;
        if (!RtcPeer.TryRestore(options, _certificate, _handshakes, kept, heardAt, Now, _term, out var peer))
        {
            return false;
        }

        var restored = new RtcConnection(this, observer, peer.Tag);
        if (!Routes.TryAdd(restored))
        {
            peer.Dispose();
            return false;
        }

        restored.Attach(peer);
        connection = restored;
        return true;
    }

    /// <summary>
    /// Until when another process would go on with what is stored of connections; never by default. While it would, a number is used only when it is reserved;
    /// later than that, freely: nobody must fall silent because a disk does not answer.
    /// </summary>
    public RtcTime KeptUntil
    {
        get => _term.Until;
        set => _term.Until = value;
    }

    /// <summary>This server's DTLS certificate and its private key, for the next process: clients know it by its fingerprint. Only ever store it encrypted.</summary>
    public ReadOnlyMemory<byte> ExportCertificate()
    {
        var (certificate, privateKey) = _certificate.Export();
        var both = new byte[sizeof(int) + certificate.Length + privateKey.Length];
        BinaryPrimitives.WriteInt32BigEndian(both, certificate.Length);
        certificate.CopyTo(both.AsSpan(sizeof(int)));
        privateKey.CopyTo(both.AsSpan(sizeof(int) + certificate.Length));
        return both;
    }

    /// <summary>Takes the certificate of the process before. Before the start.</summary>
    /// <returns>False where it is none; the one there is stays.</returns>
    /// <exception cref="InvalidOperationException">The endpoint is started already.</exception>
    public bool TryUseCertificate(ReadOnlySpan<byte> exported)
    {
        if (_socket is not null)
        {
            throw new InvalidOperationException("The endpoint is started already.");
        }

        if (exported.Length <= sizeof(int) || BinaryPrimitives.ReadInt32BigEndian(exported) is var length && (length <= 0 || length >= exported.Length - sizeof(int)))
        {
            return false;
        }

        exported = exported[sizeof(int)..];
        try
        {
            _certificate = DtlsCertificate.Import(exported[..length], exported[length..]);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever the library says of bytes that are no key.
            return false;
        }
    }

    /// <summary>Another process has the connections: nothing more is sent, whatever anybody here wants.</summary>
    public void Fence() => _isFenced = true;

    /// <summary>Whether another process has the connections.</summary>
    internal bool IsFenced => _isFenced;

    /// <summary>What it has done since it was made.</summary>
    public RtcEndpointStatistics GetStatistics()
    {
        var drops = new DropCounters();
        lock (_dropsGate)
        {
            drops.Add(_drops);
        }

        foreach (var connection in Routes.Connections)
        {
            connection.AddDropsTo(drops);
        }

        return new RtcEndpointStatistics(
            Routes.Count,
            Volatile.Read(ref _datagramsSent),
            Volatile.Read(ref _bytesSent),
            Volatile.Read(ref _datagramsReceived),
            Volatile.Read(ref _bytesReceived),
            drops.Snapshot());
    }

    /// <summary>Closes all connections, then the socket.</summary>
    public ValueTask DisposeAsync()
    {
        if (_stopping.IsSet)
        {
            return ValueTask.CompletedTask;
        }

        _stopping.Set();
        RtcDiagnostics.Remove(this);
        foreach (var connection in Routes.Connections)
        {
            connection.Close(RtcReason.EndpointStopped);
        }

        _deadlines.Dispose();
        _handshakes.Dispose();
        _reception?.Stop();
        _socket?.Dispose();
        _reception?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Schedule(RtcConnection connection, RtcTime at) => _deadlines.Schedule(connection, at);

    internal SocketAddress ToSocketAddress(IPEndPoint endPoint) => Socket.ToSocketAddress(endPoint);

    internal IPEndPoint ToEndPoint(SocketAddress address) => Socket.ToEndPoint(address);

    /// <summary>
    /// What connections send on this thread from now on is collected and leaves together, in few system calls, when <see cref="EndSending"/> is called as often, and
    /// meanwhile whenever there is much of it or it has waited for half a millisecond and <see cref="ContinueSending"/> is called. For who has many connections send
    /// one after the other. The order of a connection's packets stays, whichever threads send them.
    /// </summary>
    public void BeginSending() => _outboxes.Begin();

    /// <summary>Lets what was collected on this thread leave if it has waited long enough.</summary>
    public void ContinueSending() => _outboxes.Current?.FlushOld();

    /// <summary>Lets what was collected on this thread leave now: something follows that takes long.</summary>
    public void FlushSending() => _outboxes.Current?.Flush();

    /// <summary>Lets what was collected on this thread leave; what follows leaves as it comes.</summary>
    public void EndSending() => _outboxes.End();

    internal Outboxes Outboxes => _outboxes;

    /// <summary>For connections that have a socket of their own.</summary>
    internal BatchPool Batches { get; } = new();

    /// <summary>Sends datagrams, or lets them be lost.</summary>
    internal void Send(DatagramBatch batch)
    {
        if (_isFenced)
        {
            batch.OnNoneSent(DropReason.SendFailed);
            return;
        }

        Socket.Send(batch);
        var (sent, bytes) = batch.Sent;
        Interlocked.Add(ref _datagramsSent, sent);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    /// <summary>Lets go of a connection that is closed, keeping what it counted.</summary>
    internal void OnClosed(RtcConnection connection)
    {
        Routes.Remove(connection);
        lock (_dropsGate)
        {
            connection.AddDropsTo(_drops);
        }
    }

    /// <summary>Counts and logs what nobody foresaw; the connection is closing.</summary>
    internal void OnFault(RtcConnection connection, Exception exception)
    {
        Drop(DropReason.InternalError);
        LogConnectionFault(exception, connection.Tag, connection.ObserverName);
    }

    /// <summary>Counts and logs what nobody foresaw and no connection is to blame for.</summary>
    internal void OnFault(Exception exception)
    {
        Drop(DropReason.InternalError);
        LogFault(exception);
    }

    /// <summary>Takes in a datagram, whatever it is, on this thread: for whoever receives without a <see cref="Reception"/>.</summary>
    internal void Deliver(Span<byte> datagram, SocketAddress source)
    {
        OnReceived(1, datagram.Length);
        if (_look.Find(datagram, source, out var addressee) is { } reason)
        {
            Drop(reason);
        }
        else
        {
            addressee.Deliver(datagram, source, this);
        }
    }

    /// <summary>Counts what was received.</summary>
    internal void OnReceived(int datagrams, long bytes)
    {
        Interlocked.Add(ref _datagramsReceived, datagrams);
        Interlocked.Add(ref _bytesReceived, bytes);
    }

    /// <summary>Counts a datagram that is no connection's, or that there is no room for.</summary>
    internal void Drop(DropReason reason)
    {
        lock (_dropsGate)
        {
            _drops.Count(reason);
        }
    }
}
