using System.Net;
using System.Text;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>
/// A browser's side of a connection: controlling ICE, the DTLS client, SRTP. It does what a browser does, and on request what a bad
/// one would.
/// </summary>
internal sealed class SimulatedClient : ISimulatedHost, IDisposable
{
    private const uint Priority = 0x7E00_00FF;

    private static readonly DtlsCertificate SharedCertificate = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));
    private static readonly TimeSpan QuickCheck = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SlowCheck = TimeSpan.FromMilliseconds(2500);
    private static readonly TimeSpan AnswerWait = TimeSpan.FromMilliseconds(600);

    private readonly Func<RtcTime> _now;
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };
    private readonly Queue<SimulatedDatagram> _outgoing = new();
    private readonly string _password = "clientclientclientclient";
    private string _ufrag = "cli0";
    private string _serverUfrag = "";
    private string _serverPassword = "";
    private DtlsAssociation? _dtls;
    private SrtpContext? _send;
    private SrtpContext? _receive;
    private RtcTime _nextCheck = RtcTime.Never;
    private RtcTime _lastResponse;
    private ulong _transaction;

    public SimulatedClient(SimulatedNetwork network, OfferOptions? options = null)
        : this(() => network.Now, options)
    {
        network.Attach(this);
    }

    public SimulatedClient(Func<RtcTime> now, OfferOptions? options = null)
    {
        _now = now;
        Options = options ?? new OfferOptions();
        Offer = TestSdp.Offer(Options, _ufrag, _password, SharedCertificate.Fingerprint);
    }

    public OfferOptions Options { get; }

    public string Offer { get; }

    /// <summary>Where the client is; a new value is a new network for it.</summary>
    public IPEndPoint Address { get; set; } = IPEndPoint.Parse("198.51.100.7:40000");

    /// <summary>The certificate that it shows.</summary>
    public DtlsCertificate? Certificate { get; init; } = SharedCertificate;

    /// <summary>The SRTP profiles that it offers.</summary>
    public IReadOnlyList<SrtpProfile> Profiles { get; init; } = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1_80];

    /// <summary>Whether checks nominate.</summary>
    public bool Nominates { get; set; } = true;

    /// <summary>Whether it still does anything.</summary>
    public bool IsAlive { get; set; } = true;

    public AnswerFacts Answer { get; private set; } = null!;

    public DtlsAssociation? Dtls => _dtls;

    public DtlsClientRole? Role { get; private set; }

    /// <summary>Its media, once there are keys.</summary>
    public SimulatedMedia? Media { get; private set; }

    public bool IsConnected => Media is not null;

    /// <summary>STUN error codes received.</summary>
    public List<int> StunErrors { get; } = [];

    public int StunSuccesses { get; private set; }

    public RtcTime NextTimeout => !IsAlive
        ? RtcTime.Never
        : RtcTime.Min(RtcTime.Min(_nextCheck, _dtls?.ResendAt ?? RtcTime.Never), Media?.NextTimeout ?? RtcTime.Never);

    /// <summary>Takes the answer and begins to check.</summary>
    public void Start(string answer)
    {
        Answer = TestSdp.Read(answer);
        (_serverUfrag, _serverPassword) = (Answer.Ufrag, Answer.Password);
        _nextCheck = _now();
    }

    /// <summary>Restarts ICE with credentials of its own making (level 1): no signalling at all.</summary>
    public void RestartByDerivation(int generation, byte[] secret)
    {
        _ufrag = $"cli{generation}";
        _serverUfrag = $"{Answer.Ufrag.Split('/')[0]}/{generation}";
        _serverPassword = IcePassword.Derive(secret, _serverUfrag, _ufrag);
        (_nextCheck, _lastResponse) = (_now(), default);
    }

    /// <summary>Makes an offer that restarts ICE, without candidates.</summary>
    public string OfferRestart(SdpFingerprint? fingerprint = null, OfferOptions? options = null)
    {
        _ufrag += "r";
        return TestSdp.Offer(options ?? Options, _ufrag, _password, fingerprint ?? SharedCertificate.Fingerprint, version: 3);
    }

    /// <summary>Makes an offer that changes what flows, on the path there is.</summary>
    public string OfferChange(OfferOptions options) =>
        TestSdp.Offer(options, _ufrag, _password, SharedCertificate.Fingerprint, version: 4);

    /// <summary>Goes on with the answer to a restart.</summary>
    public void FinishRestart(string answer)
    {
        var facts = TestSdp.Read(answer);
        (_serverUfrag, _serverPassword) = (facts.Ufrag, facts.Password);
        (_nextCheck, _lastResponse) = (_now(), default);
    }

    public bool Owns(IPEndPoint address) => Address.Equals(address);

    public void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram)
    {
        if (!IsAlive)
        {
            return;
        }

        switch (DatagramKinds.Of(datagram))
        {
            case DatagramKind.Stun when StunMessage.TryParse(datagram, out var message):
                HandleStun(now, message);
                break;
            case DatagramKind.Dtls:
                _dtls?.HandleDatagram(now, datagram);
                break;
            case DatagramKind.Media:
                Media?.Handle(now, datagram);
                break;
            case DatagramKind.Stun or DatagramKind.Unknown:
                break;
        }

        Advance(now);
    }

    public void HandleTimeout(RtcTime now)
    {
        if (now >= _nextCheck)
        {
            SendCheck(now);
        }

        _dtls?.HandleTimeout(now);
        Media?.HandleTimeout(now);
        Advance(now);
    }

    public bool TryTakeDatagram(out SimulatedDatagram datagram) => _outgoing.TryDequeue(out datagram!);

    /// <summary>Sends one check from any address, as who can write what it likes into a datagram's source.</summary>
    public void CheckFrom(IPEndPoint address)
    {
        var (own, next) = (Address, _nextCheck);
        Address = address;
        SendCheck(_now());
        (Address, _nextCheck) = (own, next);
    }

    /// <summary>Sends any datagram from the client's address.</summary>
    public void Send(byte[] datagram) => _outgoing.Enqueue(new SimulatedDatagram(Address, Answer.Candidates[0], datagram));

    public void Dispose()
    {
        _dtls?.Close();
        _threads.Dispose();
        _send?.Dispose();
        _receive?.Dispose();
    }

    private void SendCheck(RtcTime now)
    {
        Span<byte> transactionId = stackalloc byte[StunMessage.TransactionIdLength];
        BitConverter.TryWriteBytes(transactionId, ++_transaction);
        Span<byte> buffer = stackalloc byte[512];
        var writer = new StunWriter(buffer, StunClass.Request, transactionId);
        writer.WriteUsername(Encoding.ASCII.GetBytes($"{_serverUfrag}:{_ufrag}"));
        writer.WritePriority(Priority);
        writer.WriteIceControlling(42);
        if (Nominates)
        {
            writer.WriteUseCandidate();
        }

        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(_serverPassword));
        writer.WriteFingerprint();
        Send(buffer[..writer.Length].ToArray());
        _nextCheck = now + (now - _lastResponse < AnswerWait + SlowCheck ? SlowCheck : QuickCheck);
    }

    private void HandleStun(RtcTime now, in StunMessage message)
    {
        if (message.Class == StunClass.ErrorResponse)
        {
            StunErrors.Add(message.ErrorCode ?? 0);
            return;
        }

        if (message.Class != StunClass.SuccessResponse || !message.VerifyIntegrity(Encoding.ASCII.GetBytes(_serverPassword)))
        {
            return;
        }

        StunSuccesses++;
        _lastResponse = now;
        _nextCheck = now + SlowCheck;
        if (_dtls is null)
        {
            Role = new DtlsClientRole(Certificate, Answer.Fingerprint, Profiles);
            _dtls = new DtlsAssociation(_threads, Role);
            _dtls.Start();
        }
    }

    private void Advance(RtcTime now)
    {
        _dtls?.Advance();
        while (_dtls is not null && _dtls.TryTakeDatagram(now, out var datagram))
        {
            Send([.. datagram]);
        }

        if (Media is null && _dtls?.Keys is { } keys)
        {
            _send = new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt);
            _receive = new SrtpContext(keys.Profile, keys.ServerKey, keys.ServerSalt);
            Media = new SimulatedMedia((SrtpContext)_send, (SrtpContext)_receive, Answer, Options, Send);
        }
    }
}
