using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Lab.Line.Relayed;

/// <summary>What was seen of one sender: its packets at the relay, its sound and its pictures at the peer. The relay and the peer note at the same time.</summary>
internal sealed class LineRecord
{
    private readonly Lock _gate = new();
    private readonly List<RelayedPacket> _packets = [];
    private readonly List<Arrival> _sound = [];
    private readonly List<Arrival> _pictures = [];
    private readonly List<int> _widths = [];
    private readonly List<int> _quantizers = [];
    private int _width;

    /// <summary>What went towards the peer, in the order in which it came to the relay.</summary>
    public IReadOnlyList<RelayedPacket> Packets => Copy(_packets);

    /// <summary>20 ms each, once, in the order in which they came; what a copy brought is among them.</summary>
    public IReadOnlyList<Arrival> Sound => Copy(_sound);

    /// <summary>Those that could be shown, each when its last packet came.</summary>
    public IReadOnlyList<Arrival> Pictures => Copy(_pictures);

    /// <summary>How wide each picture was.</summary>
    public IReadOnlyList<int> Widths => Copy(_widths);

    /// <summary>How coarse each was (<see cref="Vp8Quantizer"/>).</summary>
    public IReadOnlyList<int> Quantizers => Copy(_quantizers);

    public void OnPacket(RelayedPacket packet)
    {
        if (packet.Direction == PathDirection.ToClient)
        {
            Add(_packets, packet);
        }
    }

    public void OnSound(RtcTime now, uint timestamp, ReadOnlySpan<byte> opus) => Add(_sound, new Arrival(now, timestamp));

    public void OnPicture(in ShownPicture picture, ReadOnlySpan<byte> frame)
    {
        // Those in between are as large as the key frame before them.
        _width = picture.IsKeyFrame && Vp8Codec.Default.SizeOf(frame) is { } size ? size.Width : _width;
        Add(_widths, _width);
        Add(_quantizers, Vp8Quantizer.Of(frame) ?? 0);
        Add(_pictures, new Arrival(picture.At, picture.Timestamp));
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}

/// <summary>Something that came, and the timestamp that its sender gave it (RTP).</summary>
internal readonly record struct Arrival(RtcTime At, uint Timestamp);
