using System.Net;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>What a network does to datagrams.</summary>
/// <param name="Latency">One way.</param>
/// <param name="Jitter">Up to so much more, at random: more than the time between datagrams reorders them, unless order is kept.</param>
/// <param name="Loss">The share that is lost, 0 to 1.</param>
/// <param name="Duplication">The share that arrives twice.</param>
/// <param name="IsDown">Nothing arrives.</param>
/// <param name="KeepsOrder">Whether a datagram that is late makes those behind it late too, as a queue does.</param>
internal sealed record NetworkConditions(
    TimeSpan Latency, TimeSpan Jitter = default, double Loss = 0, double Duplication = 0, bool IsDown = false, bool KeepsOrder = false)
{
    public static NetworkConditions Good => new(TimeSpan.FromMilliseconds(10));
}

/// <summary>Something on the simulated network.</summary>
internal interface ISimulatedHost
{
    /// <summary>When <see cref="HandleTimeout"/> is to be called.</summary>
    RtcTime NextTimeout { get; }

    /// <summary>Whether datagrams to this address are for this host.</summary>
    bool Owns(IPEndPoint address);

    void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram);

    void HandleTimeout(RtcTime now);

    /// <summary>The next datagram that the host sends.</summary>
    bool TryTakeDatagram(out SimulatedDatagram datagram);
}

/// <summary>A datagram under way.</summary>
internal sealed record SimulatedDatagram(IPEndPoint Source, IPEndPoint Destination, byte[] Bytes);

/// <summary>A network in virtual time: what happens on it depends on the seed and on nothing else.</summary>
internal sealed class SimulatedNetwork(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<ISimulatedHost> _hosts = [];
    private readonly PriorityQueue<SimulatedDatagram, (RtcTime At, long Order)> _underWay = new();
    private readonly Dictionary<IPEndPoint, RtcTime> _lastArrivals = [];
    private long _order;

    public RtcTime Now { get; private set; } = new(1_800_000_000_000_000);

    public NetworkConditions Conditions { get; set; } = NetworkConditions.Good;

    /// <summary>Sees every datagram that is sent, and may keep it from arriving.</summary>
    public Func<SimulatedDatagram, bool> IsLost { get; set; } = _ => false;

    public void Attach(ISimulatedHost host) => _hosts.Add(host);

    /// <summary>Sends a datagram that is no host's own, such as a stranger's.</summary>
    public void Inject(SimulatedDatagram datagram) => Send(datagram);

    public void RunFor(TimeSpan duration) => RunUntil(() => false, duration);

    /// <summary>Runs until something has come about; false where it has not within the limit.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        while (true)
        {
            Collect();
            if (condition())
            {
                return true;
            }

            var next = NextInstant();
            if (next > end)
            {
                Now = end;
                return false;
            }

            Now = next > Now ? next : Now;
            Deliver();
            foreach (var host in _hosts.Where(host => host.NextTimeout <= Now).ToArray())
            {
                host.HandleTimeout(Now);
            }
        }
    }

    private RtcTime NextInstant()
    {
        var next = _underWay.TryPeek(out _, out var first) ? first.At : RtcTime.Never;
        return _hosts.Aggregate(next, (earliest, host) => RtcTime.Min(earliest, host.NextTimeout));
    }

    private void Collect()
    {
        foreach (var host in _hosts)
        {
            while (host.TryTakeDatagram(out var datagram))
            {
                Send(datagram);
            }
        }
    }

    private void Deliver()
    {
        while (_underWay.TryPeek(out var datagram, out var due) && due.At <= Now)
        {
            _underWay.Dequeue();
            _hosts.Find(host => host.Owns(datagram.Destination))?.Receive(Now, datagram.Source, datagram.Destination, [.. datagram.Bytes]);
        }
    }

    private void Send(SimulatedDatagram datagram)
    {
        // Drawn in any case, so that one loss more does not change all that follows.
        var (isLost, isTwice) = (_random.NextDouble() < Conditions.Loss, _random.NextDouble() < Conditions.Duplication);
        var (first, second) = (_random.NextDouble(), _random.NextDouble());
        if (isLost | Conditions.IsDown | IsLost(datagram))
        {
            return;
        }

        Enqueue(datagram, first);
        if (isTwice)
        {
            Enqueue(datagram, second);
        }
    }

    private void Enqueue(SimulatedDatagram datagram, double jitter)
    {
        var at = Now + Conditions.Latency + Conditions.Jitter * jitter;
        if (Conditions.KeepsOrder)
        {
            at = _lastArrivals.TryGetValue(datagram.Destination, out var last) && last > at ? last : at;
            _lastArrivals[datagram.Destination] = at;
        }

        _underWay.Enqueue(datagram, (at, _order++));
    }
}
