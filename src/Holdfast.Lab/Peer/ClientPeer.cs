using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Stun;

namespace Holdfast.Lab.Peer;

/// <summary>A datagram that a peer wants sent.</summary>
internal readonly record struct PeerDatagram(IPEndPoint Destination, byte[] Bytes);

/// <summary>
/// A browser's side of one connection, without a browser: controlling ICE, DTLS in either role, SRTP, feedback. Datagrams and time in,
/// datagrams out; one owner, no locks, no socket, no clock. Whatever arrives, it does not throw.
/// </summary>
internal sealed class ClientPeer : IDisposable
{
    private readonly HandshakeThreads _threads;
    private readonly DtlsCertificate _certificate;
    private readonly Action? _onProgress;
    private readonly bool _speaks;
    private readonly bool _takesCopies;
    private readonly IReadOnlyList<EndPoint> _ownCandidates;
    private readonly Queue<PeerDatagram> _outgoing = new();
    private readonly EarlyMedia _early = new();
    private readonly long _sdpSession = RandomNumberGenerator.GetInt32(int.MaxValue);
    private readonly ControllingIceAgent _ice;
    private IceCredentials _local = IceCredentials.Create();
    private IceCredentials? _restarting;
    private ServerAnswer? _answer;
    private DtlsAssociation? _dtls;
    private int _sdpVersion = 1;

    /// <param name="threads">Where handshakes run.</param>
    /// <param name="certificate">The client's.</param>
    /// <param name="now">Now.</param>
    /// <param name="ownCandidates">Addresses to name in offers, for a server that sends checks; none otherwise.</param>
    /// <param name="onProgress">Called from a handshake's thread when <see cref="HandleTimeout"/> has something to take in.</param>
    /// <param name="speaks">Whether it has a microphone (<see cref="SendSound"/>).</param>
    /// <param name="takesCopies">Whether sound may carry copies of what was sent before (RFC 2198).</param>
    public ClientPeer(
        HandshakeThreads threads,
        DtlsCertificate certificate,
        RtcTime now,
        IReadOnlyList<EndPoint>? ownCandidates = null,
        Action? onProgress = null,
        bool speaks = false,
        bool takesCopies = true)
    {
        (_threads, _certificate, _onProgress, _speaks, _takesCopies, CreatedAt) = (threads, certificate, onProgress, speaks, takesCopies, now);
        _ownCandidates = ownCandidates ?? [];
        _ice = new ControllingIceAgent(_local);
        Offer = ClientOffer.Write(_local, certificate.Fingerprint, _sdpSession, ++_sdpVersion, _ownCandidates, _speaks, _takesCopies);
    }

    /// <summary>The first offer.</summary>
    public string Offer { get; }

    public RtcTime CreatedAt { get; }

    /// <summary>When the handshake was complete; null before.</summary>
    public RtcTime? ConnectedAt { get; private set; }

    /// <summary>Why there is no connection, or none any more; null while there is hope.</summary>
    public RtcReason? End { get; private set; }

    /// <summary>The media; null before the handshake is complete.</summary>
    public MediaReceiver? Media { get; private set; }

    /// <summary>Is handed each packet of sound from the first on, where it is set before there is a connection.</summary>
    public SoundHandler? OnSound { get; set; }

    /// <summary>Is handed each picture from the first on, likewise.</summary>
    public PictureHandler? OnPicture { get; set; }

    public ControllingIceAgent Ice => _ice;

    /// <summary>The ICE generation that is checked or in use.</summary>
    public int Generation { get; private set; }

    /// <summary>The keys for media; null before the handshake is complete.</summary>
    public SrtpKeys? Keys => _dtls?.Keys;

    /// <summary>The agreed SRTP profile; null before the handshake is complete.</summary>
    public SrtpProfile? Profile => Keys?.Profile;

    /// <summary>When the server answered a check last.</summary>
    public RtcTime? LastAnswered => _ice.LastAnswered;

    public RtcTime NextTimeout => End is not null
        ? RtcTime.Never
        : RtcTime.Min(RtcTime.Min(_ice.NextTimeout, _dtls?.ResendAt ?? RtcTime.Never), Media?.NextTimeout ?? RtcTime.Never);

    /// <summary>Takes the first answer and begins to connect.</summary>
    /// <param name="now">Now.</param>
    /// <param name="sdp">The answer.</param>
    /// <param name="via">Where everything is to be sent instead of the answer's candidates, such as a relay.</param>
    /// <param name="preferred">An address that is known to be reachable; a candidate with it is tried first.</param>
    /// <param name="error">Why it is no use, a sentence for a person.</param>
    public bool TryAccept(
        RtcTime now, string? sdp, IPEndPoint? via, IPAddress? preferred, [NotNullWhen(false)] out string? error)
    {
        if (!ServerAnswer.TryParse(sdp, out var answer, out error))
        {
            return false;
        }

        var candidates = via is null ? answer.Candidates : [via];
        if (candidates.Count == 0)
        {
            error = "The answer names no address that could be reached by UDP.";
            return false;
        }

        _answer = answer with { Candidates = [.. candidates.OrderBy(candidate => candidate.Address.Equals(preferred) ? 0 : 1)] };
        Generation = answer.Generation;
        _ice.Begin(now, _local, answer.Credentials, _answer.Candidates);
        if (!answer.IsDtlsServer)
        {
            // It begins; what it sends finds the association ready.
            _dtls = new DtlsAssociation(_threads, new DtlsServerRole(_certificate, [answer.Fingerprint]), _onProgress);
        }

        Advance(now);
        return true;
    }

    /// <summary>Restarts ICE with credentials of the client's own making (docs/protocol.md, self-made answers): no signalling at all.</summary>
    /// <param name="now">Now.</param>
    /// <param name="tag">The connection's routing tag.</param>
    /// <param name="secret">Its ICE secret.</param>
    public void RestartAlone(RtcTime now, string tag, ReadOnlySpan<byte> secret)
    {
        var answer = _answer ?? throw new InvalidOperationException("There is nothing to restart.");
        Generation++;
        _local = IceCredentials.Create();
        var ufrag = $"{tag}/{Generation}";
        _ice.Begin(now, _local, new IceCredentials(ufrag, IcePassword.Derive(secret, ufrag, _local.Ufrag)), answer.Candidates);
        Advance(now);
    }

    /// <summary>Makes an offer that restarts ICE. Nothing changes before it is answered.</summary>
    public string OfferRestart()
    {
        _restarting = IceCredentials.Create();
        return ClientOffer.Write(_restarting, _certificate.Fingerprint, _sdpSession, ++_sdpVersion, _ownCandidates, _speaks, _takesCopies);
    }

    /// <summary>Goes on with the answer to <see cref="OfferRestart"/>.</summary>
    public bool TryAcceptRestart(RtcTime now, string? sdp, [NotNullWhen(false)] out string? error)
    {
        if (_restarting is null || _answer is null)
        {
            throw new InvalidOperationException("No restart was offered.");
        }

        if (!ServerAnswer.TryParse(sdp, out var answer, out error))
        {
            return false;
        }

        (_local, _restarting) = (_restarting, null);
        Generation = answer.Generation;
        _ice.Begin(now, _local, answer.Credentials, _answer.Candidates);
        Advance(now);
        return true;
    }

    /// <summary>The client has another address: the server is to learn it by a check at once.</summary>
    public void OnAddressChanged(RtcTime now)
    {
        _ice.CheckNow(now);
        Advance(now);
    }

    /// <summary>Takes in a datagram; media is decrypted in place.</summary>
    public void HandleDatagram(RtcTime now, IPEndPoint source, Span<byte> datagram)
    {
        if (End is not null)
        {
            return;
        }

        switch (DatagramKinds.Of(datagram))
        {
            case DatagramKind.Stun:
                HandleStun(now, source, datagram);
                break;
            case DatagramKind.Dtls:
                _dtls?.HandleDatagram(now, datagram);
                break;
            case DatagramKind.Media:
                HandleMedia(now, datagram);
                break;
            case DatagramKind.Unknown:
                break;
        }

        Advance(now);
    }

    /// <summary>Does what it is time for, and takes in what a handshake has come to.</summary>
    public void HandleTimeout(RtcTime now)
    {
        if (End is not null)
        {
            return;
        }

        _dtls?.HandleTimeout(now);
        Media?.HandleTimeout(now, _ice.RoundTrip);
        Advance(now);
    }

    /// <summary>Takes the next datagram to send.</summary>
    public bool TryTakeDatagram(out PeerDatagram datagram) => _outgoing.TryDequeue(out datagram);

    /// <summary>Sends one Opus packet of the microphone, as far as there is a connection.</summary>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="opus">The packet.</param>
    public void SendSound(uint timestamp, ReadOnlySpan<byte> opus) => Media?.SendSound(timestamp, opus);

    /// <summary>Ends the connection, telling the server: BYE and close_notify, which are still to be sent.</summary>
    public void Close(RtcTime now)
    {
        if (End is not null)
        {
            return;
        }

        Media?.SendGoodbye();
        _dtls?.Close();
        TakeHandshakeDatagrams(now);
        End = RtcReason.ClosedLocally;
    }

    public void Dispose()
    {
        End ??= RtcReason.ClosedLocally;
        if (_dtls?.Keys is null)
        {
            _dtls?.Close();
        }

        Media?.Dispose();
    }

    private void HandleMedia(RtcTime now, Span<byte> datagram)
    {
        var isEarly = EarlyMedia.IsDue(_dtls);
        if (Media is null)
        {
            Advance(now);
        }

        if (Media is not null)
        {
            Media.Handle(now, datagram, _ice.RoundTrip);
        }
        else if (isEarly)
        {
            _early.Keep(datagram);
        }
    }

    private void HandleStun(RtcTime now, IPEndPoint source, ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out var message))
        {
            return;
        }

        Span<byte> response = stackalloc byte[128];
        _ice.Handle(now, message, source, response, out var length);
        if (length > 0)
        {
            _outgoing.Enqueue(new PeerDatagram(source, response[..length].ToArray()));
        }
    }

    private void Advance(RtcTime now)
    {
        Span<byte> buffer = stackalloc byte[768];
        while (_ice.TryTakeCheck(now, buffer, out var length, out var destination))
        {
            _outgoing.Enqueue(new PeerDatagram(destination, buffer[..length].ToArray()));
        }

        if (_dtls is null && _ice.IsConfirmed && _answer is { IsDtlsServer: true })
        {
            _dtls = new DtlsAssociation(
                _threads, new DtlsClientRole(_certificate, _answer.Fingerprint, DtlsPolicy.Profiles), _onProgress);
            _dtls.Start();
        }

        if (_dtls is null)
        {
            return;
        }

        _dtls.Advance();
        TakeHandshakeDatagrams(now);
        End ??= _dtls.End;
        if (Media is null && _dtls.Keys is { } keys)
        {
            ConnectedAt = now;
            Media = CreateMedia(now, keys, _answer!);
            Media.Audio.OnSound = OnSound;
            Media.Video.OnPicture = OnPicture;
            while (_early.TryTake(out var datagram))
            {
                Media.Handle(now, datagram, _ice.RoundTrip);
            }
        }
    }

    private void TakeHandshakeDatagrams(RtcTime now)
    {
        // Before a path is there, what a handshake wants to send waits in it.
        while (_dtls is not null && _ice.Selected is { } remote && _dtls.TryTakeDatagram(now, out var datagram))
        {
            _outgoing.Enqueue(new PeerDatagram(remote, datagram.ToArray()));
        }
    }

    private MediaReceiver CreateMedia(RtcTime now, SrtpKeys keys, ServerAnswer answer)
    {
        var asClient = new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt);
        var asServer = new SrtpContext(keys.Profile, keys.ServerKey, keys.ServerSalt);
        var (send, receive) = answer.IsDtlsServer ? (asClient, asServer) : (asServer, asClient);
        var ssrc = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
        return new MediaReceiver(send, receive, answer.TransportSequenceId, ssrc, now, Transmit);
    }

    private void Transmit(ReadOnlySpan<byte> datagram)
    {
        if (_ice.Selected is { } remote)
        {
            _outgoing.Enqueue(new PeerDatagram(remote, datagram.ToArray()));
        }
    }
}
