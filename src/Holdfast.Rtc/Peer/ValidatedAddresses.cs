using System.Net;

namespace Holdfast.Rtc;

/// <summary>
/// The addresses that authenticated checks came from. Only from there is anything but STUN taken in. Bounded: the one that was checked
/// longest ago makes room, but never the one that media goes to or one that answered.
/// </summary>
internal sealed class ValidatedAddresses
{
    public const int Capacity = 8;

    // The one that was checked last is the last.
    private readonly List<ValidatedAddress> _addresses = [];

    /// <summary>Changes whenever an address comes, goes, or is known to answer for the first time.</summary>
    public int Version { get; private set; }

    /// <summary>Authenticated checks so far.</summary>
    public long Checks { get; private set; }

    public IEnumerable<ValidatedAddress> All => _addresses;

    /// <summary>The one that was checked last; null where none was.</summary>
    public ValidatedAddress? Newest => _addresses.Count > 0 ? _addresses[^1] : null;

    public ValidatedAddress? Find(IPEndPoint? endPoint)
    {
        // By index: this is looked up for every packet.
        for (var i = _addresses.Count - 1; endPoint is not null && i >= 0; i--)
        {
            if (_addresses[i].EndPoint.Equals(endPoint))
            {
                return _addresses[i];
            }
        }

        return null;
    }

    /// <summary>A check from there was authentic.</summary>
    /// <param name="endPoint">The address.</param>
    /// <param name="path">Where media goes; null: nowhere yet.</param>
    public ValidatedAddress Add(IPEndPoint endPoint, IPEndPoint? path)
    {
        Checks++;
        if (Find(endPoint) is { } known)
        {
            if (known != _addresses[^1])
            {
                _addresses.Remove(known);
                _addresses.Add(known);
            }

            return known;
        }

        if (_addresses.Count == Capacity)
        {
            _addresses.RemoveAt(LeastMissed(path));
        }

        // An IPEndPoint is mutable, and the caller may use one for many datagrams.
        var added = new ValidatedAddress(new IPEndPoint(endPoint.Address, endPoint.Port));
        _addresses.Add(added);
        Version++;
        return added;
    }

    /// <summary>What was sent there arrived.</summary>
    public void OnAcknowledged(RtcTime now, ValidatedAddress address)
    {
        Version += address.AcknowledgedAt is null ? 1 : 0;
        address.AcknowledgedAt = now;
    }

    private int LeastMissed(IPEndPoint? path)
    {
        var least = _addresses.FindIndex(address => address.AcknowledgedAt is null && !address.EndPoint.Equals(path));
        return least >= 0 ? least : _addresses.FindIndex(address => !address.EndPoint.Equals(path));
    }
}

/// <summary>An address that an authenticated check came from, and what is known of it.</summary>
internal sealed class ValidatedAddress(IPEndPoint endPoint)
{
    public IPEndPoint EndPoint => endPoint;

    /// <summary>When the last authentic packet came from there.</summary>
    public RtcTime HeardAt { get; set; }

    /// <summary>When something from there last proved that what is sent there arrives; null: nothing ever did.</summary>
    public RtcTime? AcknowledgedAt { get; set; }

    /// <summary>Bytes that may be sent there for what came from there.</summary>
    public int Earned { get; set; }

    /// <summary>Bytes of the connection's credit that were spent on it, and have not come back.</summary>
    public int Spent { get; set; }
}
