using System.Net;
using System.Net.Sockets;
using System.Diagnostics;
using Holdfast.Lab.Network;

namespace Holdfast.Lab.Tests.Network;

/// <summary>Only media, only from one port, and when the kernel saw it.</summary>
public sealed class MediaWatchTests
{
    private static readonly byte[] s_sound = [0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];

    [Fact]
    public void Of_what_is_sent_from_a_port_the_longest_pause_is_known()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)server.Client.LocalEndPoint!).Port;
        using var watch = MediaWatch.TryStart(port);
        Assert.SkipWhen(watch is null, "Whoever runs the tests may not see packets.");

        var to = (IPEndPoint)other.Client.LocalEndPoint!;
        var pause = TimeSpan.Zero;
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100_000 && pause == TimeSpan.Zero; i++)
        {
            server.Send(s_sound, to);
            pause = watch.TakeLongestPause();
        }

        Assert.InRange(pause, TimeSpan.FromTicks(1), Stopwatch.GetElapsedTime(begun));
    }

    [Fact]
    public void Media_in_IPv6_is_seen_too()
    {
        byte[] frame =
        [
            .. new byte[12], 0x86, 0xDD, 0x60, 0, 0, 0, 0, 20, 17, 64, .. new byte[32], 4000 >> 8, 4000 & 255, 0, 9, 0, 20, 0, 0, 0x80, 111, .. new byte[10],
        ];

        Assert.True(MediaWatch.IsMediaFrom(4000, frame));
        Assert.False(MediaWatch.IsMediaFrom(4000, frame.AsSpan(0, 62)));
        frame[20] = 58; // ICMPv6
        Assert.False(MediaWatch.IsMediaFrom(4000, frame));
    }

    [Theory]
    [InlineData(4000, true, (byte)0x80, (byte)111)]
    [InlineData(4000, true, (byte)0x90, (byte)(128 + 96))] // with the mark
    [InlineData(4001, false, (byte)0x80, (byte)111)]
    [InlineData(4000, false, (byte)0x80, (byte)200)] // RTCP, a sender report
    [InlineData(4000, false, (byte)0x81, (byte)205)]
    [InlineData(4000, false, (byte)0, (byte)1)] // STUN
    [InlineData(4000, false, (byte)22, (byte)254)] // DTLS
    public void Only_media_is_media(int from, bool isMedia, byte first, byte second)
    {
        byte[] frame =
        [
            .. new byte[12], 8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1,
            (byte)(from >> 8), (byte)from, 0, 9, 0, 20, 0, 0, first, second, .. new byte[10],
        ];

        Assert.Equal(isMedia, MediaWatch.IsMediaFrom(4000, frame));
        for (var length = 0; length < 44; length++)
        {
            Assert.False(MediaWatch.IsMediaFrom(4000, frame.AsSpan(0, length)));
        }

        frame[23] = 6; // TCP
        Assert.False(MediaWatch.IsMediaFrom(4000, frame));
    }
}
