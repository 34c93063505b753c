using System.Net;
using Holdfast.Rtc.Ice;

namespace Holdfast.Rtc;

/// <summary>Where media goes, and whether whoever is there still wants it.</summary>
/// <remarks>
/// An authentic check with USE-CANDIDATE moves the path at once, since a client that has moved must not wait. But the address that a datagram says it
/// comes from proves nothing. So the address of before is not forgotten until the new one has answered.
/// </remarks>
internal sealed class PeerPath(IceLiteAgent ice, TimeSpan consentTimeout)
{
    /// <summary>
    /// A path that has not answered for so long is given up where the client still sends media from the one before: a client that has really
    /// moved sends from where it is now, and answers within a round trip.
    /// </summary>
    public static readonly TimeSpan ReturnAfter = TimeSpan.FromMilliseconds(500);

    private ValidatedAddress? _handshake;
    private bool _handshakeMoved;
    private ValidatedAddress? _current;
    private ValidatedAddress? _before;
    private RtcTime _movedAt;

    /// <summary>Where datagrams other than STUN are taken from.</summary>
    public ValidatedAddresses Addresses { get; } = new();

    /// <summary>
    /// Where media goes: the pair that the client nominated. Before it has nominated one, the pair on which it carries out the
    /// DTLS handshake, which is the one it chose. Null: nowhere yet.
    /// </summary>
    public IPEndPoint? EndPoint => _current?.EndPoint;

    /// <summary>Where the flights of the handshake go: to where the client's come from. Null: nowhere yet.</summary>
    public IPEndPoint? Handshake => _handshake?.EndPoint;

    /// <summary>Whether what goes there is known to arrive.</summary>
    public bool IsAcknowledged => _current is { AcknowledgedAt: not null };

    /// <summary>Whether anything may still be sent there. Longer, and it would be flooding whoever has that address now (RFC 7675).</summary>
    public bool HasConsent(RtcTime now) => _current is { } address && now - address.HeardAt <= consentTimeout;

    /// <summary>A check was authentic, and may have nominated its address.</summary>
    public void OnChecked(RtcTime now, IPEndPoint source)
    {
        Addresses.Add(source, EndPoint).HeardAt = now;
        Follow(now);
    }

    /// <summary>The client carries out the handshake from there.</summary>
    public void OnHandshake(RtcTime now, ValidatedAddress source)
    {
        _handshakeMoved |= _handshake is not null && _handshake != source;
        _handshake = source;
        Follow(now);
    }

    /// <summary>The client answered the flights of the handshake, which it can have received at one place only.</summary>
    public void OnHandshakeCompleted(RtcTime now)
    {
        if (!_handshakeMoved && _handshake is not null)
        {
            Addresses.OnAcknowledged(now, _handshake);
        }
    }

    /// <summary>SRTP or SRTCP from there was authentic.</summary>
    public void OnAuthenticated(RtcTime now, ValidatedAddress source)
    {
        source.HeardAt = now;
        if (source == _before && !IsAcknowledged && now - _movedAt >= ReturnAfter)
        {
            ice.Return(now, source.EndPoint);
            Follow(now);
        }
    }

    /// <summary>The client proved that it receives what goes along the path.</summary>
    public void OnAcknowledged(RtcTime now)
    {
        Addresses.OnAcknowledged(now, _current!);
        _before = null;
    }

    private void Follow(RtcTime now)
    {
        if (Addresses.Find(ice.Selected ?? _handshake?.EndPoint) is not { } next || next == _current)
        {
            return;
        }

        _before = _current is { AcknowledgedAt: not null } ? _current : _before;
        (_current, _movedAt) = (next, now);
    }
}
