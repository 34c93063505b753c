using System.Net;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>Sends sound: at once, with copies of what was sent before where packets are lost, and two in one where the line is thin.</summary>
internal sealed class SoundSender(PacketSender packets, MediaStreams streams, PeerCounters counters) : IDisposable
{
    private readonly SendHistory _history = new(SendHistoryLimits.Sound);
    private readonly SoundPair _pair = new();

    /// <summary>Copies of sound, as the losses call for them.</summary>
    public SoundRepeats Repeats { get; } = new();

    /// <summary>20 ms of sound in each packet: 1, or 2 where the line is thin.</summary>
    public int FramesPerPacket => _pair.IsWanted && streams.Audio is { HasTransportSequence: true } ? 2 : 1;

    /// <summary>When what waits for more leaves without it (<see cref="SendDue"/>), or never.</summary>
    public RtcTime LeavesAt => _pair.LeavesAt;

    /// <summary>Sends one Opus packet of 20 ms, now or with the next.</summary>
    /// <returns>False where no sound was negotiated or the packet is too long for a datagram.</returns>
    public bool Send(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> opus, ulong tag, IPEndPoint to)
    {
        if (streams.Audio is not { } audio || opus.IsEmpty)
        {
            return false;
        }

        var timestamp = audio.TimestampOf(captureTime);
        if (_pair.TryJoin(timestamp, opus, out var both))
        {
            var isSent = Send(now, audio, _pair.Timestamp, both, new SoundTags(tag, _pair.Tag), frames: 2, to);
            _pair.Clear();
            return isSent;
        }

        SendFirst(now, audio, to);
        _pair.Decide(streams.SoundPacking, packets.Estimator.Estimate);

        // Only feedback that tells of each packet tells of both.
        return (audio.HasTransportSequence && _pair.TryKeep(now, timestamp, opus, tag))
            || Send(now, audio, timestamp, opus, new SoundTags(tag, Earlier: 0), frames: 1, to);
    }

    /// <summary>Sends what waits for more that did not come in time.</summary>
    public void SendDue(RtcTime now, IPEndPoint to)
    {
        if (_pair.LeavesAt <= now)
        {
            SendWaiting(now, to);
        }
    }

    /// <summary>Sends what waits for more, of which there will be none; nothing waits any more, also where nobody wants sound.</summary>
    public void SendWaiting(RtcTime now, IPEndPoint to)
    {
        if (streams.Audio is { } audio)
        {
            SendFirst(now, audio, to);
        }

        _pair.Clear();
    }

    /// <summary>Sends a packet again that the client misses, at once and as the same bytes: there is no other SSRC for it.</summary>
    /// <returns>Whether it was sent.</returns>
    public bool Resend(RtcTime now, ushort sequenceNumber, TimeSpan echo, IPEndPoint to)
    {
        if (!streams.IsSoundRepeated
            || _history.Resend(now, sequenceNumber, echo, out var packet) != ResendVerdict.Resend
            || !packets.Repeats.TrySpend(packet.Length))
        {
            return false;
        }

        packets.SendAgain(now, packet, to, FramesPerPacket);
        return true;
    }

    /// <summary>Gives memory back, for a connection that sends nothing for a while.</summary>
    public void Release()
    {
        _history.Release();
        Repeats.Release();
        _pair.Release();
    }

    public void Dispose() => _history.Dispose();

    private void SendFirst(RtcTime now, OutgoingStream audio, IPEndPoint to)
    {
        if (!_pair.First.IsEmpty)
        {
            Send(now, audio, _pair.Timestamp, _pair.First, new SoundTags(_pair.Tag, Earlier: 0), frames: 1, to);
            _pair.Clear();
        }
    }

    private bool Send(RtcTime now, OutgoingStream audio, uint timestamp, ReadOnlySpan<byte> opus, in SoundTags tags, int frames, IPEndPoint to)
    {
        var room = PacketSender.MaximumDatagram - audio.MeasureHeader() - packets.Overhead;
        if (opus.Length > room || !packets.MayUse(now, audio.Numbers, 1))
        {
            return false;
        }

        var buffer = packets.Begin();
        var copies = streams.RedPayloadType is null ? 0 : Repeats.Plan(timestamp, opus.Length, frames, room, packets.Estimator.Available);
        var length = copies == 0 ? Write(buffer, now, audio, timestamp, opus) : WriteWithCopies(buffer, now, audio, timestamp, opus, copies);
        audio.Remember(tags);
        Repeats.Keep(timestamp, opus);
        var sequence = RtpPacket.ReadSequenceNumber(buffer);
        var sent = packets.Send(now, PacketKind.Sound, audio, buffer, length, tags.Newest, to, copies, frames);
        if (streams.IsSoundRepeated)
        {
            _history.Add(now, sequence, sent);
            packets.Repeats.OnSent(sent.Length);
        }

        counters.AudioPacketsSent++;
        return true;
    }

    private int Write(Span<byte> buffer, RtcTime now, OutgoingStream audio, uint timestamp, ReadOnlySpan<byte> opus)
    {
        var header = audio.WriteHeader(buffer, now, marker: false, timestamp, packets.Log.NextSequence);
        opus.CopyTo(buffer[header..]);
        audio.Count(opus.Length);
        return header + opus.Length;
    }

    private int WriteWithCopies(Span<byte> buffer, RtcTime now, OutgoingStream audio, uint timestamp, ReadOnlySpan<byte> opus, int copies)
    {
        var header = audio.WriteHeader(
            buffer, now, marker: false, timestamp, packets.Log.NextSequence, streams.RedPayloadType!.Value, (ushort)audio.Numbers.Take(), audio.Ssrc);
        var payload = Repeats.Write(buffer[header..], copies, audio.PayloadType, timestamp, opus);
        audio.Count(payload);
        return header + payload;
    }
}

/// <summary>What feedback names the sound in a packet by; 0 where it is to be named by nothing.</summary>
/// <param name="Newest">The last 20 ms.</param>
/// <param name="Earlier">The 20 ms before them, where there are two.</param>
internal readonly record struct SoundTags(ulong Newest, ulong Earlier);
