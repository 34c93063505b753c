using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Lab.Words;

/// <summary>
/// Keeps the Opus packets that a session's connections got, and plays them later as a jitter buffer does: in the order of their timestamps, with
/// what did not come filled in where it is short and a gap where it is not.
/// </summary>
/// <remarks>
/// Nothing is decoded while packets arrive, so that recording costs a copy of about 100 bytes a packet. A packet that came late is played at
/// its place: how long a buffer waits is the player's affair, and not the server's.
/// </remarks>
internal sealed class SoundRecorder
{
    /// <summary>Three packets: what a decoder makes up without anybody noticing.</summary>
    private const int LongestConcealed = 3 * SoundFormat.SamplesPerFrame;

    /// <summary>3 s. A longer silence tells a listener no more than this one, and would have to be searched for words.</summary>
    private const int LongestSilence = 3 * SoundFormat.SampleRate;

    private readonly Lock _gate = new();
    private readonly List<List<Packet>> _connections = [];

    /// <summary>Begins another connection of the session; what it gets is to be handed to the result.</summary>
    public SoundHandler Begin()
    {
        var packets = new List<Packet>();
        lock (_gate)
        {
            _connections.Add(packets);
        }

        return (now, timestamp, opus) =>
        {
            var packet = new Packet(now, timestamp, opus.ToArray());
            lock (_gate)
            {
                packets.Add(packet);
            }
        };
    }

    /// <summary>What was heard of the packets that arrived in a time.</summary>
    /// <returns>48 kHz mono.</returns>
    public short[] Play(RtcTime from, RtcTime to)
    {
        var sound = new List<short>();
        var end = RtcTime.Never;
        foreach (var packets in Heard(from, to))
        {
            if (end != RtcTime.Never)
            {
                AddSilence(sound, (long)((packets[0].At - end).TotalSeconds * SoundFormat.SampleRate));
            }

            Play(packets, sound);
            end = packets[^1].At;
        }

        return [.. sound];
    }

    /// <summary>The timestamp with which the sound of a time begins; null where none came.</summary>
    public uint? FirstTimestamp(RtcTime from, RtcTime to) => Heard(from, to) is [[var first, ..], ..] ? first.Timestamp : null;

    /// <summary>Whether what came in a time follows on itself without a gap: what is to be compared with must have none.</summary>
    public bool IsWhole(RtcTime from, RtcTime to)
    {
        foreach (var packets in Heard(from, to))
        {
            long? next = null;
            foreach (var (at, _) in InOrder(packets))
            {
                if (next is { } expected && at != expected)
                {
                    return false;
                }

                next = at + SoundFormat.SamplesPerFrame;
            }
        }

        return true;
    }

    /// <summary>Where in what <see cref="Play"/> gives there was no packet, each with how long: what tells a torn word's cause.</summary>
    public IReadOnlyList<(TimeSpan At, TimeSpan Length)> HolesIn(RtcTime from, RtcTime to)
    {
        var holes = new List<(TimeSpan, TimeSpan)>();
        foreach (var packets in Heard(from, to).Take(1))
        {
            var (first, next) = ((long?)null, 0L);
            foreach (var (at, _) in InOrder(packets))
            {
                if (first is { } begin && at > next)
                {
                    holes.Add((TimeSpan.FromSeconds((next - begin) / (double)SoundFormat.SampleRate), TimeSpan.FromSeconds((at - next) / (double)SoundFormat.SampleRate)));
                }

                (first, next) = (first ?? at, at + SoundFormat.SamplesPerFrame);
            }
        }

        return holes;
    }

    /// <summary>Of each connection what it got until the next one got something: from then on the player shows that one.</summary>
    private List<List<Packet>> Heard(RtcTime from, RtcTime to)
    {
        var heard = new List<List<Packet>>();
        lock (_gate)
        {
            var until = to;
            for (var i = _connections.Count - 1; i >= 0; i--)
            {
                var packets = _connections[i].Where(packet => packet.At >= from && packet.At < until).ToList();
                if (packets.Count > 0)
                {
                    heard.Insert(0, packets);
                    until = packets[0].At;
                }
            }
        }

        return heard;
    }

    private static void Play(List<Packet> packets, List<short> sound)
    {
        using var decoder = new OpusDecoder();
        var room = new short[OpusDecoder.MaxSamplesPerPacket];
        long? next = null;
        foreach (var (at, opus) in InOrder(packets))
        {
            var missing = next is { } expected ? at - expected : 0;
            if (missing is > 0 and <= LongestConcealed)
            {
                Conceal(decoder, opus, (int)missing, room, sound);
            }
            else
            {
                AddSilence(sound, missing);
            }

            var count = decoder.Decode(opus, room);
            sound.AddRange(room.AsSpan(0, count));
            next = at + count;
        }
    }

    /// <summary>By their timestamps, which wrap (RFC 3550 section 5.1), each once.</summary>
    private static IEnumerable<(long At, byte[] Opus)> InOrder(List<Packet> packets)
    {
        var placed = new SortedDictionary<long, byte[]>();
        var (last, at) = (packets[0].Timestamp, 0L);
        foreach (var packet in packets)
        {
            at += unchecked((int)(packet.Timestamp - last));
            last = packet.Timestamp;
            placed.TryAdd(at, packet.Opus);
        }

        return placed.Select(packet => (packet.Key, packet.Value));
    }

    /// <summary>The packet before the one that came has a coarse copy in it; what was lost before that is made up.</summary>
    private static void Conceal(OpusDecoder decoder, byte[] opus, int missing, short[] room, List<short> sound)
    {
        for (; missing > SoundFormat.SamplesPerFrame; missing -= SoundFormat.SamplesPerFrame)
        {
            sound.AddRange(room.AsSpan(0, decoder.Conceal(room.AsSpan(0, SoundFormat.SamplesPerFrame))));
        }

        sound.AddRange(room.AsSpan(0, decoder.Recover(opus, room.AsSpan(0, missing))));
    }

    private static void AddSilence(List<short> sound, long samples)
    {
        if (samples > 0)
        {
            sound.AddRange(new short[Math.Min(samples, LongestSilence)]);
        }
    }

    private readonly record struct Packet(RtcTime At, uint Timestamp, byte[] Opus);
}
