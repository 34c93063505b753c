using System.Net;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>Two packets of sound that leave as one, where the line is thin.</summary>
public sealed class SoundPackTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);
    private static readonly OfferOptions Taking = new() { TakesCopies = true };

    [Fact]
    public void A_thin_line_has_half_as_many_packets_and_all_of_the_sound()
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();

        var sent = Speak(call, frames: 200);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.InRange(call.Media.Copies.Count, 100, 104);
        Assert.Equal(2, call.Peer.Sending.SoundFrames);
        Assert.All(sent, one => Assert.Equal(one.Sound, Heard(call).GetValueOrDefault(one.Timestamp)));
        AssertToldOnce(call, sent);
    }

    [Fact]
    public void A_line_that_is_none_has_one_in_each()
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();

        Speak(call, frames: 100);

        Assert.Equal(100, call.Media.Copies.Count);
        Assert.Equal(1, call.Peer.Sending.SoundFrames);
    }

    [Fact]
    public void Who_does_not_tell_of_each_packet_gets_one_in_each()
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = false }, configure: Line(100_000));
        call.Connect();

        Speak(call, frames: 100);

        Assert.Equal(100, call.Media.Copies.Count);
        Assert.Equal(1, call.Peer.Sending.SoundFrames);
    }

    [Theory]
    [InlineData("a=ptime:20", 100_000, 1)]
    [InlineData("a=ptime:10", 100_000, 1)]
    [InlineData("a=ptime:40", 2_500_000, 2)]
    [InlineData("a=ptime:60", 2_500_000, 2)]
    [InlineData("a=ptime:60\r\na=maxptime:20", 100_000, 1)]
    [InlineData("a=maxptime:20", 100_000, 1)]
    [InlineData("a=maxptime:60", 100_000, 2)]
    [InlineData("a=maxptime:60", 2_500_000, 1)]
    [InlineData("a=ptime:0", 2_500_000, 1)]
    [InlineData("a=ptime:99999999999", 100_000, 2)]
    public void What_the_client_prefers_is_done(string attributes, int line, int expected)
    {
        using var call = new Call(offer: new OfferOptions { SoundAttributes = attributes }, configure: Line(line));
        call.Connect();

        Speak(call, frames: 100);

        Assert.Equal(expected, call.Peer.Sending.SoundFrames);
        Assert.InRange(call.Media.Copies.Count, (100 / expected) - 1, (100 / expected) + 2);
    }

    [Fact]
    public void What_nothing_follows_leaves_by_itself_soon()
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();
        var (now, sound) = (call.Network.Now, Sound(1, 40));

        Assert.True(call.Peer.SendAudio(now, now, sound, tag: 7));
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.Equal(sound, Assert.Single(call.Media.Sound).Value);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([7UL], Acknowledged(call));
    }

    [Fact]
    public void What_waits_is_let_go_of_where_sound_is_wanted_no_more()
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();
        var now = call.Network.Now;
        Assert.True(call.Peer.SendAudio(now, now, Sound(1, 40), tag: 1));

        var wanted = call.Client.OfferChange(new OfferOptions());
        Follow(call, wanted.Replace("a=recvonly\r\na=rtpmap:111", "a=inactive\r\na=rtpmap:111", StringComparison.Ordinal));
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));
        Follow(call, wanted.Replace(" 4 IN", " 5 IN", StringComparison.Ordinal));
        now = call.Network.Now;
        Assert.True(call.Peer.SendAudio(now, now, Sound(2, 40), tag: 2));
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(Sound(2, 40), Assert.Single(call.Media.Sound).Value);
    }

    [Fact]
    public void What_waits_is_heard_before_the_goodbye()
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();
        var now = call.Network.Now;
        Assert.True(call.Peer.SendAudio(now, now, Sound(1, 40), tag: 1));

        call.Peer.Close(now);
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.Equal(Sound(1, 40), Assert.Single(call.Media.Sound).Value);
        Assert.Equal(1, call.Media.Goodbyes);
    }

    [Fact]
    public void What_waits_leaves_before_another_process_goes_on()
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();
        var now = call.Network.Now;
        Assert.True(call.Peer.SendAudio(now, now, Sound(1, 40), tag: 1));

        Assert.NotNull(call.Peer.GiveAway(now));
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.Equal(Sound(1, 40), Assert.Single(call.Media.Sound).Value);
    }

    [Theory]
    [InlineData(3, 0x08)]
    [InlineData(1, 0x48)]
    public void What_does_not_go_on_from_it_is_no_part_of_it(int framesLater, byte kind)
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();
        var now = call.Network.Now;
        var second = Sound(2, 40);
        second[0] = kind;

        Assert.True(call.Peer.SendAudio(now, now, Sound(1, 40), tag: 1));
        Assert.True(call.Peer.SendAudio(now, now + (Frame * framesLater), second, tag: 2));
        call.Network.RunFor(TimeSpan.FromMilliseconds(200));

        Assert.Equal([Sound(1, 40), second], call.Media.Sound.OrderBy(static one => one.Key).Select(static one => one.Value));
    }

    [Fact]
    public void Of_a_packet_that_is_lost_both_are_told()
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();
        Speak(call, frames: 20);

        call.Network.IsLost = datagram => datagram.Destination.Equals(call.Client.Address);
        var lost = Speak(call, frames: 2);
        call.Network.IsLost = static _ => false;
        Speak(call, frames: 20);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        var told = call.Server.Events.OfType<RtcEvent.FeedbackReceived>().SelectMany(static told => told.LostTags.ToArray());
        Assert.Equal(lost.Select(static one => one.Tag), told);
    }

    [Fact]
    public void Copies_are_of_both_and_bring_both()
    {
        using var call = new Call(offer: Taking, configure: Line(150_000));
        call.Connect();
        var count = 0;
        call.Network.IsLost = datagram => datagram.Destination.Equals(call.Client.Address) && ++count % 10 == 0;
        Speak(call, frames: 200);

        var sent = Speak(call, frames: 200);
        call.Network.IsLost = static _ => false;
        Speak(call, frames: 20);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Contains(call.Media.Copies, static copies => copies > 0);
        Assert.All(sent, one => Assert.Equal(one.Sound, Heard(call).GetValueOrDefault(one.Timestamp)));
        AssertToldOnce(call, sent);
    }

    [Fact]
    public void Silence_that_may_wait_leaves_three_in_one_and_all_of_it()
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();

        var sent = Speak(call, frames: 99, isPatient: true);

        Assert.Equal(33, call.Media.Copies.Count);
        Assert.All(sent, one => Assert.Equal(one.Sound, Heard(call).GetValueOrDefault(one.Timestamp)));
        Assert.Equal(1, call.Peer.Sending.SoundFrames);
    }

    [Theory]
    [InlineData("a=ptime:20", 1)]
    [InlineData("a=ptime:40", 2)]
    [InlineData("a=maxptime:20", 1)]
    [InlineData("a=maxptime:40", 2)]
    [InlineData("a=maxptime:60", 3)]
    [InlineData("a=maxptime:0", 3)]
    [InlineData("a=maxptime:120", 3)]
    public void As_much_silence_leaves_in_one_as_the_client_takes(string attributes, int expected)
    {
        using var call = new Call(offer: new OfferOptions { SoundAttributes = attributes }, configure: Call.GoodLine);
        call.Connect();

        Speak(call, frames: 60, isPatient: true);

        Assert.Equal(60 / expected, call.Media.Copies.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Speech_does_not_wait_with_the_silence_before_it(int silent)
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();
        var sent = Speak(call, silent, isPatient: true);
        Assert.Empty(call.Media.Copies);

        sent.AddRange(Speak(call, frames: 2));

        Assert.Equal(2, call.Media.Copies.Count);
        Assert.All(sent, one => Assert.Equal(one.Sound, Heard(call).GetValueOrDefault(one.Timestamp)));
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        AssertToldOnce(call, sent[silent..]);
    }

    [Fact]
    public void Silence_that_waits_does_not_hold_up_speech_that_waits_on_a_thin_line()
    {
        using var call = new Call(configure: Line(100_000));
        call.Connect();
        var speech = Speak(call, frames: 1);

        Speak(call, frames: 1, isPatient: true);

        Assert.Equal(speech[0].Sound, Heard(call)[speech[0].Timestamp]);
        Assert.Single(call.Media.Copies);
    }

    [Fact]
    public void Silence_with_a_tag_does_not_wait()
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();
        var now = call.Network.Now;

        Assert.True(call.Peer.SendAudio(now, now, Sound(1, 3), tag: 1, mayWait: true));
        call.Network.RunFor(Frame);

        Assert.Single(call.Media.Copies);
    }

    [Fact]
    public void Silence_that_nothing_follows_is_forgotten_and_speech_long_after_it_is_not_held_up()
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();
        Speak(call, frames: 2, isPatient: true);
        call.Network.RunFor(TimeSpan.FromSeconds(10));

        var sent = Speak(call, frames: 1);

        Assert.Equal(sent.Select(static one => one.Sound), call.Media.Sound.Values);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(120)]
    public void Silence_of_a_server_that_is_late_is_sent_all_the_same(int millisecondsApart)
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();
        var begin = call.Network.Now;
        for (var i = 0; i < 30; i++)
        {
            Assert.True(call.Peer.SendAudio(call.Network.Now, begin + (Frame * i), Sound(i, 3), tag: 0, mayWait: true));
            call.Network.RunFor(TimeSpan.FromMilliseconds(millisecondsApart));
        }

        Assert.Equal(30, Heard(call).Count);
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(40, 2)]
    public void Silence_that_waits_is_no_longer_than_what_the_client_takes_since(int milliseconds, int most)
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();
        Speak(call, frames: 2, isPatient: true);

        Follow(call, call.Client.OfferChange(new OfferOptions { SoundAttributes = $"a=maxptime:{milliseconds}" }));
        Speak(call, frames: 10, isPatient: true);

        // Of silence that waits more than is taken is let go of.
        Assert.Equal(most == 1 ? 10 : 12, Heard(call).Count);
        Assert.All(call.Media.Sound.Values, sound => Assert.InRange(FramesIn(sound), 1, most));
    }

    [Fact]
    public void A_line_must_be_clearly_wider_before_they_end()
    {
        var pack = new SoundPack();

        int After(int estimate)
        {
            pack.Decide(estimate);
            return pack.FramesWanted(SoundPacking.Free, isPatient: false);
        }

        Assert.Equal([1, 2, 2, 2, 1, 1], new[] { 200_000, 150_000, 180_000, 210_000, 230_000, 180_000 }.Select(After));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_packet()
    {
        var (pack, sound) = (new SoundPack(), Sound(1, 40));
        var bytes = 0;
        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0u; i < 999; i++)
            {
                pack.TryAdd(default, i * 960, sound, tag: 0, wanted: 3, isPatient: true);
                if (pack.IsFull)
                {
                    bytes += pack.Write().Length;
                    pack.Clear();
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated();

        Assert.Equal(0, Allocated());
        Assert.Equal(2 * 333 * (2 + (3 * 39)), bytes);
    }

    private static Func<RtcPeerOptions, RtcPeerOptions> Line(int bitsPerSecond) =>
        options => options with { KnownLine = new KnownLine(IPAddress.Parse("198.51.100.7"), bitsPerSecond) };

    private static byte[] Sound(int seed, int length)
    {
        var sound = new byte[length];
        new Random(seed).NextBytes(sound);

        // Speech of 20 ms, one frame (RFC 6716, table 2).
        sound[0] = 0x08;
        return sound;
    }

    private static void Follow(Call call, string offer) =>
        Assert.True(call.Peer.TryRestart(call.Network.Now, offer, null, out _, out _, out var error), error);

    private static List<(ulong Tag, uint Timestamp, byte[] Sound)> Speak(Call call, int frames, bool isPatient = false)
    {
        var sent = new List<(ulong, uint, byte[])>();
        for (var i = 0; i < frames; i++)
        {
            var now = call.Network.Now;
            var (tag, sound) = (isPatient ? 0 : (ulong)now.Microseconds, Sound((int)now.Microseconds, 30 + (i % 3)));
            Assert.True(call.Peer.SendAudio(now, now, sound, tag, isPatient));
            sent.Add((tag, call.Peer.AudioTimestampOf(now)!.Value, sound));
            call.Network.RunFor(Frame);
        }

        return sent;
    }

    private static int FramesIn(byte[] packet) => (packet[0] & 3) switch { 0 => 1, 3 => packet[1] & 0x3F, _ => 2 };

    /// <summary>What arrived, 20 ms each.</summary>
    private static Dictionary<uint, byte[]> Heard(Call call)
    {
        var heard = new Dictionary<uint, byte[]>();
        foreach (var (timestamp, packet) in call.Media.Sound)
        {
            var kind = (byte)(packet[0] & 0xFC);
            var (count, at) = (packet[0] & 3) switch { 0 => (1, 1), 3 => (packet[1] & 0x3F, 2), _ => (2, 1) };
            var hasLengths = (packet[0] & 3) switch { 2 => true, 3 => packet[1] > 0x80, _ => false };
            var lengths = Enumerable.Range(0, count - 1).Select(_ => hasLengths ? packet[at++] : (packet.Length - at) / count).ToList();
            for (var i = 0; i < count; i++)
            {
                var end = i < lengths.Count ? at + lengths[i] : packet.Length;
                heard[timestamp + (960 * (uint)i)] = [kind, .. packet[at..end]];
                at = end;
            }
        }

        return heard;
    }

    private static void AssertToldOnce(Call call, List<(ulong Tag, uint Timestamp, byte[] Sound)> sent)
    {
        var told = Acknowledged(call);
        Assert.All(sent, one => Assert.Contains(one.Tag, told));
        Assert.Equal(told.Count, told.Distinct().Count());
    }

    private static List<ulong> Acknowledged(Call call) =>
        [.. call.Server.Events.OfType<RtcEvent.FeedbackReceived>().SelectMany(static told => told.AcknowledgedTags.ToArray())];
}
