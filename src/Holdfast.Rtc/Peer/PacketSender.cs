using System.Net;
using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc;

/// <summary>
/// What every packet of media goes through when it leaves: it is numbered when nothing can keep it any more, protected, counted against the line, and remembered for
/// the feedback.
/// </summary>
internal sealed class PacketSender(SrtpContext srtp, TransmitQueue queue, PeerCounters counters, MediaStreams streams, KeepingTerm term, BandwidthEstimator estimator)
{
    /// <summary>No datagram is longer: this goes through any network, tunnels included.</summary>
    public const int MaximumDatagram = 1200;

    private const int SentPacketsRemembered = 1024;

    /// <summary>What was sent, for transport-wide feedback to say what arrived.</summary>
    public SentPacketLog Log { get; } = new(SentPacketsRemembered, streams.Start.Transport);

    /// <summary>When the line has room for more.</summary>
    public SendBudget Line { get; } = new();

    /// <summary>What may be sent again.</summary>
    public RetransmissionBudget Repeats { get; } = new();

    /// <summary>What the line carries.</summary>
    public BandwidthEstimator Estimator => estimator;

    /// <summary>Bytes that protection adds to a packet.</summary>
    public int Overhead => srtp.RtpOverhead;

    /// <summary>Room to write the next datagram into, until it is sent.</summary>
    public Span<byte> Begin() => queue.Begin();

    /// <summary>Whether so many numbers are reserved; where not, a successor might use them once more.</summary>
    public bool MayUse(RtcTime now, NumberLine numbers, int count)
    {
        if (numbers.Has(count, term.IsOver(now)))
        {
            return true;
        }

        counters.Drops.Count(DropReason.Unreserved);
        return false;
    }

    /// <summary>Sends what was written.</summary>
    /// <param name="now">Now.</param>
    /// <param name="kind">Whose numbers it has.</param>
    /// <param name="stream">Whose packet it is.</param>
    /// <param name="buffer">From <see cref="Begin"/>.</param>
    /// <param name="length">Bytes of it.</param>
    /// <param name="tag">What feedback is to name it by; 0: nothing.</param>
    /// <param name="to">Where to.</param>
    /// <param name="copies">How many packets before it, of the same stream, it has copies of.</param>
    /// <param name="frames">20 ms of sound in it.</param>
    /// <returns>The packet as it leaves.</returns>
    public ReadOnlySpan<byte> Send(
        RtcTime now, PacketKind kind, OutgoingStream stream, Span<byte> buffer, int length, ulong tag, IPEndPoint to, int copies = 0, int frames = 1)
    {
        length = srtp.ProtectRtp(buffer, length);
        if (stream.HasTransportSequence)
        {
            Log.Add(now, length, tag, kind, (byte)copies, (ushort)(stream.Numbers.Next - 1), (byte)frames);
        }

        Line.OnSent(now, length, kind == PacketKind.Sound ? frames : 0);
        estimator.OnSent(now, length, stream.HasTransportSequence);
        queue.Commit(length, to);
        return buffer[..length];
    }

    /// <summary>Sends a packet once more as the same bytes: protecting it a second time would use an index twice.</summary>
    /// <param name="now">Now.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="to">Where to.</param>
    /// <param name="frames">20 ms of sound in it.</param>
    public void SendAgain(RtcTime now, ReadOnlySpan<byte> packet, IPEndPoint to, int frames)
    {
        counters.PacketsRetransmitted++;
        queue.Add(packet, to);
        Line.OnSent(now, packet.Length, frames);
    }
}
