using System.Text;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Stun;

namespace Holdfast.Lab.Fuzz;

/// <summary>Hands forged and broken bytes to each parser alone, and reads all that a parser says it read.</summary>
internal sealed class ParserFuzz
{
    private const int BufferLength = 2_048;

    private readonly FuzzDice _dice;
    private readonly ControlForge _control;
    private readonly RtpForge _rtp;
    private readonly StunForge _stun;
    private readonly DtlsForge _dtls;
    private readonly SdpForge _sdp;
    private readonly OfferOracle _answers;
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly byte[] _last = new byte[BufferLength];
    private readonly byte[] _room = new byte[BufferLength + RtxPayload.Overhead];
    private int _lastLength;

    public ParserFuzz(FuzzDice dice, string offer)
    {
        _dice = dice;
        _control = new ControlForge(dice);
        _rtp = new RtpForge(dice);
        _stun = new StunForge(dice, "tagtag/0:client", "0123456789abcdef0123456789abcdef");
        _dtls = new DtlsForge(dice);
        _sdp = new SdpForge(dice, offer);
        _answers = new OfferOracle(offer);
    }

    /// <summary>What was read last, for a report of what went wrong.</summary>
    public ReadOnlySpan<byte> Last => _last.AsSpan(0, _lastLength);

    public void Step()
    {
        if (_dice.OneIn(100))
        {
            ReadOffer(_sdp.Write());
            return;
        }

        var kind = _dice.Next(5);
        var length = kind switch
        {
            0 => _control.Write(_buffer, 1),
            1 => _rtp.Write(_buffer, 1, _dice.Word()),
            2 => _stun.Write(_buffer, _dice.OneIn(2)),
            3 => _dtls.Write(_buffer),
            _ => WriteAny(),
        };
        if (_dice.OneIn(2))
        {
            length = ByteMutator.Mutate(_dice, _buffer.AsSpan(0, BufferLength - 1), length, Last);
        }

        var datagram = _buffer.AsSpan(0, length);
        datagram.CopyTo(_last);
        _lastLength = length;
        ReadStun(datagram);
        ReadControl(datagram);
        ReadRtp(datagram);
        DtlsRecords.Take(datagram, _room, _dice.OneIn(2));
    }

    private int WriteAny()
    {
        var length = _dice.Next(100);
        _dice.Fill(_buffer.AsSpan(0, length));
        return length;
    }

    private void ReadOffer(string offer)
    {
        _lastLength = Encoding.UTF8.GetBytes(offer.AsSpan(0, Math.Min(offer.Length, BufferLength / 4)), _last);
        _answers.Answer(offer);
        if (!PublishAnswer.TryParse(offer, PayloadFormat.All, out _, out var error) && error.Length == 0)
        {
            throw new FuzzException("An answer was neither read nor refused with a sentence.");
        }
    }

    private static void ReadStun(ReadOnlySpan<byte> datagram)
    {
        StunMessage.TryGetRoutingTag(datagram, out _);
        if (!StunMessage.TryParse(datagram, out var message))
        {
            return;
        }

        Span<ushort> unknown = stackalloc ushort[4];
        message.CopyUnknownRequired(unknown);
        message.VerifyFingerprint();
        message.VerifyIntegrity("password"u8);
        _ = (message.Class, message.Method, message.Username.Length, message.ErrorCode, message.Priority, message.IceControlled, message.IceControlling);
    }

    private static void ReadControl(ReadOnlySpan<byte> datagram)
    {
        if (!RtcpCompound.TryParse(datagram, out var compound))
        {
            return;
        }

        while (compound.TryReadNext(out var packet))
        {
            if (SenderReport.TryParse(packet, out var sender))
            {
                Read(sender.Blocks);
            }

            if (ReceiverReport.TryParse(packet, out var receiver))
            {
                Read(receiver.Blocks);
            }

            if (GenericNack.TryParse(packet, out var nack))
            {
                foreach (var number in nack)
                {
                    _ = number;
                }
            }

            if (FullIntraRequest.TryParse(packet, out var request))
            {
                for (var i = 0; i < request.Count; i++)
                {
                    _ = request[i];
                }
            }

            if (ReceiverEstimatedBitrate.TryParse(packet, out var estimate))
            {
                for (var i = 0; i < estimate.Count; i++)
                {
                    _ = estimate[i];
                }
            }

            if (Goodbye.TryParse(packet, out var goodbye))
            {
                for (var i = 0; i < goodbye.Count; i++)
                {
                    _ = goodbye[i];
                }
            }

            _ = PictureLossIndication.TryParse(packet, out _);
            ReadFeedback(packet);
        }
    }

    private static void Read(ReportBlocks blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            _ = blocks[i];
        }
    }

    /// <summary>All the statuses one by one, and the same behind a leap: a leap must end where walking does.</summary>
    private static void ReadFeedback(in RtcpPacket packet)
    {
        if (!TransportFeedback.TryParse(packet, out var feedback))
        {
            return;
        }

        var leap = feedback.StatusCount / 3;
        var leapt = feedback.GetEnumerator();
        leapt.Skip(leap);
        var walked = 0;
        foreach (var status in feedback)
        {
            if (walked++ >= leap && (!leapt.MoveNext() || leapt.Current != status))
            {
                throw new FuzzException("Feedback that is leapt over is read otherwise than feedback that is walked.");
            }
        }

        if (walked != feedback.StatusCount || leapt.MoveNext())
        {
            throw new FuzzException("Feedback has more or fewer statuses than it says.");
        }
    }

    private void ReadRtp(ReadOnlySpan<byte> datagram)
    {
        if (!RtpPacket.TryParse(datagram, out var packet))
        {
            return;
        }

        for (byte id = 0; id < 16; id++)
        {
            packet.Extensions.TryGet(id, out _);
        }

        _ = RepeatedPayload.TryParse(packet.Payload, out _, out _);
        RtxPayload.Write(_room, packet);
        if (Vp8PayloadDescriptor.TryParse(packet.Payload, out var descriptor) && descriptor.Length > packet.Payload.Length)
        {
            throw new FuzzException("A VP8 descriptor is longer than its payload.");
        }
    }
}
