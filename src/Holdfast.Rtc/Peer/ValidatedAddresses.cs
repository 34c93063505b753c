using System.Net;

namespace Holdfast.Rtc;

/// <summary>
/// The addresses that authenticated checks came from. Only from there is anything but STUN taken in. Bounded: the one
/// heard of longest ago makes room.
/// </summary>
internal sealed class ValidatedAddresses
{
    public const int Capacity = 8;

    // The newest last.
    private readonly List<IPEndPoint> _addresses = [];

    /// <summary>Changes whenever an address comes or goes.</summary>
    public int Version { get; private set; }

    public IReadOnlyList<IPEndPoint> Addresses => _addresses;

    public bool Contains(IPEndPoint address)
    {
        foreach (var known in _addresses)
        {
            if (known.Equals(address))
            {
                return true;
            }
        }

        return false;
    }

    public void Add(IPEndPoint address)
    {
        if (_addresses.Count > 0 && _addresses[^1].Equals(address))
        {
            return;
        }

        if (!_addresses.Remove(address))
        {
            Version++;
            if (_addresses.Count == Capacity)
            {
                _addresses.RemoveAt(0);
            }
        }

        _addresses.Add(address);
    }
}
