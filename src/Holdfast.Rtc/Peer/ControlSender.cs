using System.Net;
using System.Security.Cryptography;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc;

/// <summary>Sends RTCP: the reports of what is sent and received, and the goodbye.</summary>
internal sealed class ControlSender(
    SrtpContext srtp, TransmitQueue queue, MediaStreams streams, PeerTimers timers, SentReports reports, KeepingTerm term)
{
    /// <summary>Time from one report to the next while anything is sent or received.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int MostSources = 4;

    // Who reports on the microphone where nothing is sent.
    private readonly uint _reporter = streams.Audio?.Ssrc ?? streams.Video?.Ssrc ?? (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
    private RtcTime _nextReportAt;
    private RtcTime _lastReportAt;

    /// <summary>Media was sent or received: there will be something to report. The first report is due at once.</summary>
    public void Expect(RtcTime now) =>
        timers[PeerTimer.Report] = RtcTime.Min(timers[PeerTimer.Report], _nextReportAt > now ? _nextReportAt : now);

    /// <summary>The next report is to be proof that the path works: it comes soon.</summary>
    public void Hasten() => _nextReportAt = RtcTime.Min(_nextReportAt, _lastReportAt + SentReports.LeastInterval);

    /// <summary>
    /// Sends one compound packet: a sender report for each stream that was active since the last (RFC 3550 section 6.4), the
    /// report on the microphone, and the canonical name.
    /// </summary>
    /// <returns>False where there was nothing to report and nothing was sent; reports end then, until media flows again.</returns>
    public bool TrySendReports(RtcTime now, IPEndPoint to)
    {
        if (!streams.Start.Control.Has(1, term.IsOver(now)))
        {
            timers[PeerTimer.Report] = _nextReportAt = now + SentReports.LeastInterval;
            return true;
        }

        var hasReport = false;
        var hasBlock = TryReportMicrophone(now, out var block);
        var blocks = new ReadOnlySpan<ReportBlock>(in block)[..(hasBlock ? 1 : 0)];
        var writer = new RtcpWriter(queue.Begin()[..PacketSender.MaximumDatagram]);
        var instant = reports.Next(now);
        ReadOnlySpan<OutgoingStream?> sources = [streams.Audio, streams.Video];
        foreach (var stream in sources)
        {
            if (stream is { IsActive: true })
            {
                // The pair is of one instant, not of the last packet: lip sync rests on it.
                writer.WriteSenderReport(stream.Ssrc, instant.ToNtp(), stream.TimestampOf(instant), stream.PacketCount, stream.OctetCount, blocks);
                stream.IsActive = false;
                blocks = default;
                hasReport = true;
            }
        }

        if (!blocks.IsEmpty)
        {
            writer.WriteReceiverReport(_reporter, blocks);
        }

        if (writer.Length == 0)
        {
            return false;
        }

        WriteNames(ref writer);
        Send(writer.Length, to);
        if (hasReport)
        {
            reports.Add(now, instant);
            _lastReportAt = now;
        }

        timers[PeerTimer.Report] = _nextReportAt = now + Interval;
        return true;
    }

    /// <summary>Tells the client when what it sent arrived, and asks for what did not (RFC 4585; reduced size, RFC 5506, where that was agreed).</summary>
    /// <returns>False where there was nothing to tell, or no number for it.</returns>
    public bool TrySendReply(RtcTime now, IPEndPoint to, TimeSpan? roundTrip)
    {
        if (streams.Microphone is not { } microphone || !streams.Start.Control.Has(1, term.IsOver(now)))
        {
            return false;
        }

        var writer = new RtcpWriter(queue.Begin()[..PacketSender.MaximumDatagram]);
        if (!streams.TakesReducedSize)
        {
            writer.WriteReceiverReport(_reporter);
            WriteNames(ref writer);
        }

        var before = writer.Length;
        microphone.WriteReply(now, ref writer, PacketSender.MaximumDatagram - before, _reporter, roundTrip);
        if (writer.Length == before)
        {
            return false;
        }

        Send(writer.Length, to);
        return true;
    }

    /// <summary>Tells the client that the streams end (RFC 3550 section 6.6).</summary>
    public void SendGoodbye(RtcTime now, IPEndPoint to)
    {
        if (!streams.Start.Control.Has(1, term.IsOver(now)))
        {
            return;
        }

        var writer = new RtcpWriter(queue.Begin()[..PacketSender.MaximumDatagram]);
        writer.WriteReceiverReport(_reporter);
        WriteNames(ref writer);
        Span<uint> room = stackalloc uint[MostSources];
        if (Sources(room) is { IsEmpty: false } sources)
        {
            writer.WriteGoodbye(sources);
        }

        Send(writer.Length, to);
    }

    /// <summary>One name for each SSRC that sends anything, RTX too, so that a receiver knows that they belong together (RFC 3550 section 6.5, RFC 4588).</summary>
    private void WriteNames(ref RtcpWriter writer)
    {
        Span<uint> room = stackalloc uint[MostSources];
        var count = Sources(room).Length;
        if (!room[..count].Contains(_reporter))
        {
            room[count++] = _reporter;
        }

        writer.WriteSourceDescription(room[..count], streams.CanonicalName);
    }

    /// <summary>What is sent at present.</summary>
    private ReadOnlySpan<uint> Sources(Span<uint> room)
    {
        var count = 0;
        if (streams.Audio is { } audio)
        {
            room[count++] = audio.Ssrc;
        }

        if (streams.Video is { } video)
        {
            room[count++] = video.Ssrc;
            if (streams.Rtx is { } rtx)
            {
                room[count++] = rtx.Ssrc;
            }
        }

        return room[..count];
    }

    private bool TryReportMicrophone(RtcTime now, out ReportBlock block)
    {
        block = default;
        return streams.Microphone is { } microphone && microphone.TryReport(now, out block);
    }

    private void Send(int length, IPEndPoint to)
    {
        streams.Start.Control.Take();
        queue.Commit(srtp.ProtectRtcp(queue.Begin(), length), to);
    }
}
