using System.Net;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>Sends sound: at once, with copies of what was sent before where packets are lost, and several in one where that is called for (<see cref="SoundPack"/>).</summary>
internal sealed class SoundSender(PacketSender packets, MediaStreams streams, PeerCounters counters) : IDisposable
{
    private readonly SendHistory _history = new(SendHistoryLimits.Sound);
    private readonly SoundPack _pack = new();

    /// <summary>Copies of sound, as the losses call for them.</summary>
    public SoundRepeats Repeats { get; } = new();

    /// <summary>20 ms of sound in each packet, but for silence that may wait: 1, or 2 where the line is thin.</summary>
    public int FramesPerPacket => streams.Audio is { } audio ? FramesWanted(audio, isPatient: false) : 1;

    /// <summary>When what waits for more leaves without it (<see cref="SendDue"/>), or never.</summary>
    public RtcTime LeavesAt => _pack.LeavesAt;

    /// <summary>Sends one Opus packet of 20 ms, now or with the next.</summary>
    /// <param name="now">Now.</param>
    /// <param name="captureTime">When its first sample is played in the performance.</param>
    /// <param name="opus">The packet.</param>
    /// <param name="tag">What feedback is to name it by; 0: nothing.</param>
    /// <param name="to">Where to.</param>
    /// <param name="mayWait">Whether it is silence that may wait for the next two, and be forgotten where nothing follows; not where it has a tag.</param>
    /// <returns>False where no sound was negotiated or the packet is too long for a datagram.</returns>
    public bool Send(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> opus, ulong tag, IPEndPoint to, bool mayWait = false)
    {
        if (streams.Audio is not { } audio || opus.IsEmpty)
        {
            return false;
        }

        var timestamp = audio.TimestampOf(captureTime);
        var isPatient = mayWait && tag == 0;
        _pack.Forget(now, streams.SoundPacking.Most);
        if (_pack.Count == 0)
        {
            _pack.Decide(packets.Estimator.Estimate);
        }

        var wanted = FramesWanted(audio, isPatient);

        // What the client takes in one may have become less since the first of them.
        if (_pack.Count > 0 && _pack.Count < streams.SoundPacking.Most && _pack.TryAdd(now, timestamp, opus, tag, wanted, isPatient))
        {
            return !_pack.IsFull || SendPack(now, audio, to);
        }

        SendWaiting(now, to);
        return (wanted > 1 && _pack.TryAdd(now, timestamp, opus, tag, wanted, isPatient))
            || Send(now, audio, timestamp, opus, new SoundTags(tag, Earlier: 0), frames: 1, to);
    }

    /// <summary>Sends what waits for more that did not come in time.</summary>
    public void SendDue(RtcTime now, IPEndPoint to)
    {
        if (_pack.LeavesAt <= now)
        {
            SendWaiting(now, to);
        }
    }

    /// <summary>Sends what waits for more, of which there will be none; nothing waits any more, also where nobody wants sound.</summary>
    public void SendWaiting(RtcTime now, IPEndPoint to)
    {
        _pack.Forget(now, streams.SoundPacking.Most);
        if (_pack.Count > 0 && streams.Audio is { } audio)
        {
            SendPack(now, audio, to);
        }

        _pack.Clear();
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
    public void Release(RtcTime now)
    {
        _history.Release();
        Repeats.Release();
        _pack.Release(now);
    }

    public void Dispose() => _history.Dispose();

    /// <summary>Only feedback that tells of each packet tells of all that is in it.</summary>
    private int FramesWanted(OutgoingStream audio, bool isPatient) =>
        audio.HasTransportSequence ? _pack.FramesWanted(streams.SoundPacking, isPatient) : 1;

    private bool SendPack(RtcTime now, OutgoingStream audio, IPEndPoint to)
    {
        var isSent = Send(now, audio, _pack.Timestamp, _pack.Write(), _pack.Tags, _pack.Count, to);
        _pack.Clear();
        return isSent;
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
