using Holdfast.Lab.Peer;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>A client's media: puts received frames together, asks for what is missing, says what arrived, and speaks.</summary>
internal sealed class SimulatedMedia(SrtpContext send, SrtpContext receive, AnswerFacts answer, OfferOptions options, Action<byte[]> transmit)
{
    private const uint OwnSsrc = 0x1234_5678;
    private const byte TransportSequenceId = 3;
    private const byte OpusType = 111;
    private const byte CopiesType = 63;
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(100);

    private readonly SortedDictionary<long, VideoPacket> _video = [];
    private readonly SortedDictionary<long, RtcTime> _arrivals = [];
    private readonly HashSet<long> _asked = [];
    private SequenceUnwrapper _videoSequence;
    private SequenceUnwrapper _transportSequence;
    private SequenceUnwrapper _audioSequence;
    private long _firstAudio;
    private long? _firstVideo;
    private long _reportedUpTo = -1;
    private byte _feedbackCount;
    private readonly Dictionary<ushort, byte[]> _spoken = [];
    private readonly HashSet<ushort> _missingSounds = [];
    private ushort _microphoneSequence = 1000;
    private int _padded;
    private ushort _microphoneTransport = 65_500;

    public RtcTime NextTimeout { get; private set; } = RtcTime.Never;

    /// <summary>Whether it asks for missing video packets.</summary>
    public bool Nacks { get; set; } = true;

    /// <summary>Whether it says what arrived, where that was negotiated; not every client keeps what it promised.</summary>
    public bool GivesFeedback { get; set; } = true;

    /// <summary>Opus payloads in the order in which they came.</summary>
    public List<byte[]> Audio { get; } = [];

    /// <summary>The sound that came, in itself or as a copy, by its timestamp.</summary>
    public Dictionary<uint, byte[]> Sound { get; } = [];

    /// <summary>The copies in packets of sound, of each packet.</summary>
    public List<int> Copies { get; } = [];

    /// <summary>The RTP timestamps of <see cref="Audio"/>.</summary>
    public List<uint> AudioTimestamps { get; } = [];

    /// <summary>Sender reports, by SSRC.</summary>
    public List<(RtcTime At, uint Ssrc, ulong Ntp, uint Rtp, uint Packets)> SenderReports { get; } = [];

    /// <summary>The RTP timestamps of all packets; of sound, of each 20 ms.</summary>
    public List<(uint Ssrc, uint Timestamp)> Timestamps { get; } = [];

    public List<ReportBlock> ReportBlocks { get; } = [];

    public int Goodbyes { get; private set; }

    /// <summary>The packets of its microphone that it was asked for again, in order.</summary>
    public List<ushort> AskedFor { get; } = [];

    /// <summary>What it was told of its packets: the transport-wide number, and when it arrived, in microseconds of the server's clock; null: that it did not.</summary>
    public Dictionary<ushort, long?> Told { get; } = [];

    /// <summary>When it was told of arrivals.</summary>
    public List<RtcTime> ToldAt { get; } = [];

    /// <summary>The first packet types of compounds that it received.</summary>
    public HashSet<RtcpPacketType> FirstTypes { get; } = [];

    /// <summary>When which packet of the microphone left, by its transport-wide number.</summary>
    public List<ushort> SentTransport { get; } = [];

    /// <summary>The names (SDES CNAME) of the answer's SSRCs.</summary>
    public Dictionary<uint, string> Names { get; } = [];

    /// <summary>Retransmissions that came under the RTX SSRC.</summary>
    public int RtxPackets { get; private set; }

    /// <summary>Datagrams that could not be decrypted, replays included.</summary>
    public Dictionary<SrtpFailure, int> Failures { get; } = [];

    /// <summary>The mids that packets carried.</summary>
    public HashSet<string> Mids { get; } = [];

    /// <summary>The payloads of pictures, in order.</summary>
    public IEnumerable<byte[]> Payloads => _video.Values.Select(static packet => packet.Payload);

    /// <summary>The frames that are complete, in order, up to the first that is not.</summary>
    public List<byte[]> Frames()
    {
        var frames = new List<byte[]>();
        var frame = new List<byte>();
        var expected = _firstVideo;
        foreach (var (index, packet) in _video)
        {
            if (index != expected)
            {
                break;
            }

            expected++;
            frame.AddRange(packet.Payload[HeaderLength(packet.Payload)..]);
            if (packet.Marker)
            {
                frames.Add([.. frame]);
                frame.Clear();
            }
        }

        return frames;
    }

    public void Handle(RtcTime now, byte[] datagram)
    {
        if (RtcpCompound.IsRtcp(datagram))
        {
            if (receive.TryUnprotectRtcp(datagram, out var length, out var failure))
            {
                HandleControl(now, datagram.AsSpan(0, length));
                return;
            }

            Count(failure);
            return;
        }

        if (!receive.TryUnprotectRtp(datagram, out var rtpLength, out var rtpFailure))
        {
            Count(rtpFailure);
            return;
        }

        Assert.True(RtpPacket.TryParse(datagram.AsSpan(0, rtpLength), out var packet));
        HandleRtp(now, packet);
    }

    public void HandleTimeout(RtcTime now)
    {
        if (now < NextTimeout)
        {
            return;
        }

        NextTimeout = RtcTime.Never;
        if (GivesFeedback)
        {
            SendFeedback();
        }
    }

    /// <summary>Sends one packet of the microphone.</summary>
    public void Speak(byte[] opus, ushort skip = 0, ushort transportSkip = 0)
    {
        _microphoneSequence += skip;
        _microphoneTransport += transportSkip;
        var buffer = new byte[1500];
        var header = new RtpHeaderWriter(buffer, false, OpusType, _microphoneSequence, (uint)((_microphoneSequence - _padded) * 960), OwnSsrc);
        if (options.HasTransportFeedback)
        {
            SentTransport.Add(_microphoneTransport);
            header.AddTransportSequence(TransportSequenceId, _microphoneTransport++);
        }

        var length = header.Finish();
        opus.CopyTo(buffer.AsSpan(length));
        var packet = buffer[..send.ProtectRtp(buffer, length + opus.Length)];
        _spoken[_microphoneSequence++] = packet;
        transmit(packet);
    }

    /// <summary>The number of the next packet of the microphone.</summary>
    public ushort NextSpoken => _microphoneSequence;

    /// <summary>Uses up a number of the microphone without sending anything; returns it.</summary>
    public ushort SkipSpoken() => _microphoneSequence++;

    /// <summary>The number of the one packet of sound that is missing.</summary>
    public ushort MissingSound() => Assert.Single(_missingSounds);

    /// <summary>Sends packets of the microphone that carry nothing, as browsers do to measure the line; the last time stays.</summary>
    public void Pad(int packets)
    {
        for (; packets > 0; packets--)
        {
            var buffer = new byte[1500];
            var header = new RtpHeaderWriter(buffer, false, OpusType, _microphoneSequence++, (uint)((_microphoneSequence - ++_padded - 1) * 960), OwnSsrc);
            var length = header.Finish();
            buffer[length + 199] = 200;
            buffer[0] |= RtpPacket.PaddingBit;
            transmit(buffer[..send.ProtectRtp(buffer, length + 200)]);
        }
    }

    /// <summary>Asks for packets of sound.
    public void NackSound(params ReadOnlySpan<ushort> missing)
    {
        var numbers = missing.ToArray();
        SendControl((ref RtcpWriter writer) => writer.WriteNack(OwnSsrc, answer.AudioSsrc, numbers));
    }

    public void RequestKeyFrame() => SendControl((ref RtcpWriter writer) => writer.WritePictureLossIndication(OwnSsrc, answer.VideoSsrc));

    public void RequestFullIntra(byte sequence) => SendControl((ref RtcpWriter writer) => writer.WriteFullIntraRequest(OwnSsrc, answer.VideoSsrc, sequence));

    public void LimitBitrate(long bits) => SendControl((ref RtcpWriter writer) => writer.WriteReceiverEstimatedBitrate(OwnSsrc, bits, [answer.VideoSsrc]));

    public void SayGoodbye() => SendControl((ref RtcpWriter writer) => writer.WriteGoodbye([OwnSsrc]));

    public void Nack(params ReadOnlySpan<ushort> missing)
    {
        var numbers = missing.ToArray();
        SendControl((ref RtcpWriter writer) => writer.WriteNack(OwnSsrc, answer.VideoSsrc, numbers));
    }

    /// <summary>Reports on a sender report, as if it had arrived a while ago.</summary>
    public void Report(uint ssrc, ulong ntp, TimeSpan since, byte fractionLost) => SendControl((ref RtcpWriter writer) =>
        writer.WriteReceiverReport(OwnSsrc, [new ReportBlock(ssrc, fractionLost, 0, 0, 0, (uint)(ntp >> 16), ReportBlock.ToDelay(since))]));

    /// <summary>Says that packets arrived of which it knows nothing.</summary>
    public void Claim(int from, int count) => SendControl((ref RtcpWriter writer) => writer.WriteTransportFeedback(
        OwnSsrc, answer.VideoSsrc, _feedbackCount++, [.. Enumerable.Range(from, count).Select(i => new TransportArrival((ushort)i, new RtcTime(5_000_000 + (i * 1_000))))]));

    /// <summary>Reports on the sound: the newest packet that came, how many are missing before it, and the sender report that came last.</summary>
    public void ReportSound() => SendControl((ref RtcpWriter writer) =>
    {
        var last = SenderReports.Count > 0 ? (uint)(SenderReports[^1].Ntp >> 16) : 0;
        var lost = (int)(_audioSequence.Highest - _firstAudio) + 1 - Audio.Count;
        writer.WriteReceiverReport(OwnSsrc, [new ReportBlock(answer.AudioSsrc, 0, lost, (uint)_audioSequence.Highest, 0, last, 0)]);
    });

    private delegate void WriteControl(ref RtcpWriter writer);

    private void SendControl(WriteControl write)
    {
        var buffer = new byte[1500];
        var writer = new RtcpWriter(buffer);
        write(ref writer);
        transmit(buffer[..send.ProtectRtcp(buffer, writer.Length)]);
    }

    private void HandleRtp(RtcTime now, in RtpPacket packet)
    {
        Timestamps.Add((packet.Ssrc, packet.Timestamp));
        if (packet.Extensions.TryGet(4, out var mid))
        {
            Mids.Add(System.Text.Encoding.ASCII.GetString(mid));
        }

        if (options.HasTransportFeedback)
        {
            Assert.True(packet.Extensions.TryGet(TransportSequenceId, out var sequence));
            _arrivals.TryAdd(_transportSequence.Unwrap(System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(sequence)), now);
            NextTimeout = RtcTime.Min(NextTimeout, now + FeedbackInterval);
        }

        if (packet.Ssrc == answer.AudioSsrc)
        {
            var before = _audioSequence.Highest;
            var index = _audioSequence.Unwrap(packet.SequenceNumber);
            _missingSounds.Remove(packet.SequenceNumber);
            for (var lost = before + 1; Audio.Count > 0 && lost < index; lost++)
            {
                _missingSounds.Add((ushort)lost);
            }

            _firstAudio = Audio.Count == 0 ? index : _firstAudio;
            Audio.Add(packet.Payload.ToArray());
            AudioTimestamps.Add(packet.Timestamp);
            if (packet.PayloadType == OpusType && packet.Payload is [var kind, _, ..] && (kind & 3) is 1 or 2)
            {
                // 20 ms and 20 ms more (RFC 6716 section 3.2).
                Timestamps.Add((packet.Ssrc, packet.Timestamp + 960));
            }

            TakeSound(packet);
        }
        else if (packet.Ssrc == answer.VideoSsrc)
        {
            AddVideo(packet.SequenceNumber, packet.Payload, packet.Marker);
            AskForMissing();
        }
        else if (packet.Ssrc == answer.VideoRtxSsrc && RepeatedPayload.TryParse(packet.Payload, out var original, out var payload))
        {
            RtxPackets++;
            AddVideo(original, payload, packet.Marker);
        }
    }

    /// <summary>RFC 2198 section 3.</summary>
    private void TakeSound(in RtpPacket packet)
    {
        if (packet.PayloadType == OpusType)
        {
            Sound[packet.Timestamp] = packet.Payload.ToArray();
            Copies.Add(0);
            return;
        }

        Assert.Equal(CopiesType, packet.PayloadType);
        var payload = packet.Payload;
        var blocks = new List<(uint Offset, int Length)>();
        while ((payload[0] & 0x80) != 0)
        {
            Assert.Equal(OpusType, payload[0] & 0x7F);
            var word = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(payload);
            blocks.Add(((word >> 10) & 0x3FFF, (int)(word & 0x3FF)));
            payload = payload[4..];
        }

        Assert.Equal(OpusType, payload[0]);
        payload = payload[1..];
        Copies.Add(blocks.Count);
        foreach (var (offset, length) in blocks)
        {
            var copy = payload[..length].ToArray();
            Assert.Equal(Sound.GetValueOrDefault(packet.Timestamp - offset, copy), copy);
            Sound[packet.Timestamp - offset] = copy;
            payload = payload[length..];
        }

        Sound[packet.Timestamp] = payload.ToArray();
    }

    private void AddVideo(ushort sequence, ReadOnlySpan<byte> payload, bool marker)
    {
        var index = _videoSequence.Unwrap(sequence);
        if (_firstVideo is null)
        {
            HeaderLength(payload.ToArray());
            _firstVideo = index;
        }

        _firstVideo = Math.Min(_firstVideo.Value, index);
        _video.TryAdd(index, new VideoPacket(payload.ToArray(), marker));
    }

    /// <summary>How many bytes of a payload are no picture, in the codec that was agreed on.</summary>
    private int HeaderLength(byte[] payload)
    {
        if (options.Codec is { } codec && answer.VideoType == TestSdp.TypeOf(options))
        {
            return codec.HeaderLength(payload);
        }

        Assert.True(Vp8PayloadDescriptor.TryParse(payload, out var descriptor));
        return descriptor.Length;
    }

    private void AskForMissing()
    {
        if (!Nacks)
        {
            return;
        }

        // What is long gone, or so much that it is no loss but a gap, is not asked for: browsers want a key frame instead.
        var missing = new List<ushort>();
        for (var index = Math.Max(_firstVideo!.Value, _videoSequence.Highest - 500); index < _videoSequence.Highest; index++)
        {
            if (!_video.ContainsKey(index) && _asked.Add(index))
            {
                missing.Add((ushort)index);
            }
        }

        if (missing.Count is > 0 and < 250)
        {
            Nack([.. missing]);
        }
    }

    /// <summary>Asks again for what has not come, as a browser does from time to time.</summary>
    public void AskAgain()
    {
        _asked.Clear();
        AskForMissing();
    }

    private void HandleControl(RtcTime now, ReadOnlySpan<byte> datagram)
    {
        Assert.True(RtcpCompound.TryParse(datagram, out var compound));
        var isFirst = true;
        while (compound.TryReadNext(out var packet))
        {
            if (isFirst)
            {
                FirstTypes.Add(packet.Type);
                isFirst = false;
            }

            if (GenericNack.TryParse(packet, out var nack))
            {
                Assert.Equal(OwnSsrc, nack.MediaSsrc);
                foreach (var number in nack)
                {
                    AskedFor.Add(number);
                    if (_spoken.TryGetValue(number, out var again))
                    {
                        transmit(again);
                    }
                }
            }
            else if (TransportFeedback.TryParse(packet, out var feedback))
            {
                ToldAt.Add(now);
                foreach (var status in feedback)
                {
                    Told[status.Sequence] = status.Received ? status.ArrivalMicroseconds : Told.GetValueOrDefault(status.Sequence);
                }
            }

            if (SenderReport.TryParse(packet, out var report))
            {
                SenderReports.Add((now, report.Ssrc, report.NtpTimestamp, report.RtpTimestamp, report.PacketCount));
                for (var i = 0; i < report.Blocks.Count; i++)
                {
                    ReportBlocks.Add(report.Blocks[i]);
                }
            }
            else if (ReceiverReport.TryParse(packet, out var receiver))
            {
                for (var i = 0; i < receiver.Blocks.Count; i++)
                {
                    ReportBlocks.Add(receiver.Blocks[i]);
                }
            }
            else if (Goodbye.TryParse(packet, out _))
            {
                Goodbyes++;
            }

            foreach (var ssrc in new[] { answer.AudioSsrc, answer.VideoSsrc, answer.VideoRtxSsrc ?? 0 })
            {
                if (SourceDescription.TryGetCname(packet, ssrc, out var name))
                {
                    Names[ssrc] = System.Text.Encoding.UTF8.GetString(name);
                }
            }
        }
    }

    private void SendFeedback()
    {
        var arrivals = _arrivals.Where(arrival => arrival.Key > _reportedUpTo)
            .Select(arrival => new TransportArrival((ushort)arrival.Key, arrival.Value))
            .ToArray();
        while (_arrivals.Count > 2_000)
        {
            _arrivals.Remove(_arrivals.Keys.First());
        }

        if (arrivals.Length == 0)
        {
            return;
        }

        // Browsers report from the packet after the last that they reported, so that what is missing between two reports is told;
        // that packet again as the first does the same. A gap of 8 s does not fit into a report.
        if (_arrivals.TryGetValue(_reportedUpTo, out var last) && arrivals[0].At - last < TimeSpan.FromSeconds(8))
        {
            arrivals = [new TransportArrival((ushort)_reportedUpTo, last), .. arrivals];
        }

        _reportedUpTo = _arrivals.Keys.Last();
        SendControl((ref RtcpWriter writer) => writer.WriteTransportFeedback(OwnSsrc, answer.VideoSsrc, _feedbackCount++, arrivals));
    }

    private void Count(SrtpFailure failure) => Failures[failure] = Failures.GetValueOrDefault(failure) + 1;

    private sealed record VideoPacket(byte[] Payload, bool Marker);
}
