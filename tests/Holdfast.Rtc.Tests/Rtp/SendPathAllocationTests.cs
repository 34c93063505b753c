using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Tests.Srtp;

namespace Holdfast.Rtc.Tests.Rtp;

/// <summary>The paths that every packet takes allocate nothing.</summary>
public sealed class SendPathAllocationTests
{
    [Theory]
    [MemberData(nameof(SrtpContextTests.Profiles), MemberType = typeof(SrtpContextTests))]
    public void Packetising_protecting_logging_keeping_and_opening_allocate_nothing(object profile)
    {
        var (sender, receiver) = SrtpContextTests.Pair(profile);
        var packetizer = new Vp8Packetizer(0);
        var log = new SentPacketLog(256);
        using var history = new SendHistory(new(256, 64 * 1024, TimeSpan.FromSeconds(1), 3));
        var frame = new byte[5_000];
        var buffer = new byte[1_500];
        ushort sequence = 0;
        var now = new RtcTime(1_000_000_000);

        void Frame()
        {
            now += TimeSpan.FromMilliseconds(40);
            packetizer.Begin(frame, 1_150);
            while (packetizer.Remaining > 0)
            {
                var header = new RtpHeaderWriter(buffer, packetizer.Remaining == 1, 96, sequence, now.ToRtp(90_000), 7);
                header.AddTransportSequence(3, log.Add(now, 1_200, 0));
                header.AddAbsoluteSendTime(2, now);
                var length = header.Finish();
                length += packetizer.WriteNext(frame, buffer.AsSpan(length));
                history.Add(now, sequence, buffer.AsSpan(0, length));
                length = sender.ProtectRtp(buffer, length);
                sequence++;
                if (!receiver.TryUnprotectRtp(buffer.AsSpan(0, length), out _, out _))
                {
                    throw new InvalidOperationException("Not opened.");
                }

                // a forged one, too
                buffer[40] ^= 1;
                receiver.TryUnprotectRtp(buffer.AsSpan(0, length), out _, out _);
            }

            var report = new RtcpWriter(buffer);
            report.WriteSenderReport(7, now.ToNtp(), now.ToRtp(90_000), 1, 2);
            report.WriteSourceDescription([7], "holdfast"u8);
            var reportLength = sender.ProtectRtcp(buffer, report.Length);
            receiver.TryUnprotectRtcp(buffer.AsSpan(0, reportLength), out _, out _);
        }

        for (var i = 0; i < 200; i++)
        {
            Frame();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            Frame();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
