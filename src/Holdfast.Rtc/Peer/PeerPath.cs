using System.Net;
using Holdfast.Rtc.Ice;

namespace Holdfast.Rtc;

/// <summary>Where media goes, and whether whoever is there still wants it.</summary>
/// <remarks>
/// <para>
/// An authentic check with USE-CANDIDATE moves the path at once, since a client that has moved must not wait. But the address that a datagram says it
/// comes from proves nothing. So the address of before is not forgotten until the new one has answered.
/// </para>
/// <para>
/// Nor does it prove that whoever is there wants anything. Until something from there has proved that what is sent there arrives, no more goes there than
/// <see cref="Earned"/> times what came from there, as in QUIC (RFC 9000 section 8.1), and <see cref="Credit"/> bytes for the first picture of one
/// who has really moved. The credit is the connection's, for all addresses together, and comes back when they answer; what was sent to those that never
/// did comes back only as an eighth of what is acknowledged elsewhere. Proofs last for 30 s.
/// </para>
/// </remarks>
internal sealed class PeerPath(IceLiteAgent ice, TimeSpan consentTimeout)
{
    /// <summary>Bytes for addresses that have not answered: a key frame, and half a second of pictures and sound.</summary>
    public const int Credit = 64 * 1024;

    /// <summary>Bytes of the credit that pictures leave for sound.</summary>
    public const int ReservedForSound = 8 * 1024;

    /// <summary>Bytes of the credit that a handshake leaves for media: eight flights.</summary>
    public const int ReservedForMedia = Credit - (8 * 1024);

    /// <summary>So many bytes are sent, at the most, for each byte that came from there.</summary>
    public const int Earned = 3;

    private const int MostEarned = 16 * 1024;
    private const int ShareRegained = 8;
    private static readonly TimeSpan ProofLifetime = TimeSpan.FromSeconds(30);

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
    private ValidatedAddress? _proving;
    private int _credit = Credit;

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
    public bool IsAcknowledged(RtcTime now) => _current is { } address && IsAcknowledged(now, address);

    /// <summary>Whether a datagram's source is where media goes.</summary>
    public bool IsAt(ValidatedAddress source) => source == _current;

    /// <summary>Whether proof that the path works is to be asked for; told once for each path.</summary>
    public bool BeginsProof(RtcTime now)
    {
        if (_current is null || _current == _proving || IsAcknowledged(now))
        {
            return false;
        }

        _proving = _current;
        return true;
    }

    /// <summary>Whether so much may be sent along the path.</summary>
    /// <param name="now">Now.</param>
    /// <param name="bytes">Bytes.</param>
    /// <param name="reserve">Bytes of the credit that are to be left.</param>
    public bool TrySpend(RtcTime now, int bytes, int reserve) => _current is { } address && TrySpend(now, address, bytes, reserve);

    /// <summary>Whether a flight of the handshake may be sent.</summary>
    public bool TrySpendHandshake(RtcTime now, int bytes) => _handshake is { } address && TrySpend(now, address, bytes, ReservedForMedia);

    /// <summary>Whether anything may still be sent there. Longer, and it would be flooding whoever has that address now (RFC 7675).</summary>
    public bool HasConsent(RtcTime now) => _current is { } address && now - address.HeardAt <= consentTimeout;

    /// <summary>Goes on along the path on which another process sent, which answered there.</summary>
    /// <param name="path">The path.</param>
    /// <param name="heardAt">When it answered last.</param>
    public void Restore(IPEndPoint path, RtcTime heardAt)
    {
        ice.Return(heardAt, path);
        var address = Addresses.Add(path, path);
        address.HeardAt = heardAt;
        Addresses.OnAcknowledged(heardAt, address);
        Follow(heardAt);
    }

    /// <summary>A check was authentic, and may have nominated its address.</summary>
    public void OnChecked(RtcTime now, IPEndPoint source, int bytes)
    {
        var address = Addresses.Add(source, EndPoint);
        address.HeardAt = now;
        Earn(address, bytes);
        Follow(now);
    }

    /// <summary>The client carries out the handshake from there.</summary>
    public void OnHandshake(RtcTime now, ValidatedAddress source, int bytes)
    {
        Earn(source, bytes);
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
    public void OnAuthenticated(RtcTime now, ValidatedAddress source, int bytes)
    {
        source.HeardAt = now;
        Earn(source, bytes);
        if (source == _before && !IsAcknowledged(now) && now - _movedAt >= ReturnAfter)
        {
            ice.Return(now, source.EndPoint);
            Follow(now);
        }
    }

    /// <summary>The client proved that it receives what goes along the path.</summary>
    /// <param name="now">Now.</param>
    /// <param name="bytes">Bytes that are newly known to have arrived.</param>
    public void OnAcknowledged(RtcTime now, long bytes)
    {
        var address = _current!;
        Addresses.OnAcknowledged(now, address);
        _credit = (int)Math.Min(Credit, _credit + address.Spent + bytes / ShareRegained);
        address.Spent = 0;
        (_before, _proving) = (null, null);
    }

    private static bool IsAcknowledged(RtcTime now, ValidatedAddress address) =>
        address.AcknowledgedAt is { } at && now - at <= ProofLifetime;

    private static void Earn(ValidatedAddress address, int bytes) => address.Earned = Math.Min(MostEarned, address.Earned + bytes * Earned);

    private bool TrySpend(RtcTime now, ValidatedAddress address, int bytes, int reserve)
    {
        if (IsAcknowledged(now, address))
        {
            return true;
        }

        if (bytes <= address.Earned)
        {
            address.Earned -= bytes;
            return true;
        }

        if (_credit - bytes < reserve)
        {
            return false;
        }

        _credit -= bytes;
        address.Spent += bytes;
        return true;
    }

    private void Follow(RtcTime now)
    {
        if (Addresses.Find(ice.Selected ?? _handshake?.EndPoint) is not { } next || next == _current)
        {
            return;
        }

        _before = _current is { AcknowledgedAt: not null } ? _current : _before;
        (_current, _movedAt, _proving) = (next, now, null);
    }
}
