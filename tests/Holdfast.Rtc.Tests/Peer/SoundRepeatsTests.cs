using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>Sound that carries copies of what was sent before (RFC 2198), where the line loses packets.</summary>
public sealed class SoundRepeatsTests
{
    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(20);
    private static readonly OfferOptions Taking = new() { TakesCopies = true };

    [Fact]
    public void A_good_line_carries_no_copies()
    {
        using var call = new Call(offer: Taking, configure: Call.GoodLine);
        call.Connect();

        Speak(call, packets: 200);

        Assert.All(call.Media.Copies, static count => Assert.Equal(0, count));
        Assert.Equal(0, call.Peer.Sending.SoundCopies);
    }

    [Fact]
    public void Bursts_of_60_ms_lose_no_sound_and_all_of_it_is_known_to_have_arrived()
    {
        using var call = new Call(offer: Taking, configure: Call.GoodLine);
        call.Connect();
        LoseInBursts(call, every: TimeSpan.FromMilliseconds(400), length: TimeSpan.FromMilliseconds(60));
        Speak(call, packets: 200);

        var sent = Speak(call, packets: 400);
        call.Network.IsLost = static _ => false;
        var last = Speak(call, packets: 20);

        Assert.Equal(SoundRepeats.Most, call.Media.Copies.Max());
        Assert.All(sent, one => Assert.Equal(one.Sound, call.Media.Sound.GetValueOrDefault(one.Timestamp)));
        var acknowledged = Acknowledged(call);
        Assert.All(sent, one => Assert.Contains(one.Tag, acknowledged));
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        Assert.NotEmpty(last);
    }

    [Fact]
    public void A_client_that_takes_none_gets_none()
    {
        using var call = new Call(configure: Call.GoodLine);
        call.Connect();
        LoseInBursts(call, every: TimeSpan.FromMilliseconds(400), length: TimeSpan.FromMilliseconds(60));

        var sent = Speak(call, packets: 400);

        Assert.DoesNotContain("red/48000", call.Peer.Answer, StringComparison.Ordinal);
        Assert.All(call.Media.Copies, static count => Assert.Equal(0, count));
        Assert.Contains(sent, one => !call.Media.Sound.ContainsKey(one.Timestamp));
    }

    [Fact]
    public void They_end_when_nothing_is_lost_for_a_while()
    {
        using var call = new Call(offer: Taking, configure: Call.GoodLine);
        call.Connect();
        LoseInBursts(call, every: TimeSpan.FromMilliseconds(400), length: TimeSpan.FromMilliseconds(60));
        Speak(call, packets: 200);
        Assert.True(call.Peer.Sending.SoundCopies > 0);

        call.Network.IsLost = static _ => false;
        Speak(call, packets: 1_000);

        Assert.Equal(0, call.Peer.Sending.SoundCopies);
    }

    [Fact]
    public void A_network_that_was_gone_is_no_lossy_line()
    {
        using var call = new Call(offer: Taking, configure: Call.GoodLine);
        call.Connect();
        Speak(call, packets: 100);

        call.Network.IsLost = static _ => true;
        Speak(call, packets: 75);
        call.Network.IsLost = static _ => false;
        Speak(call, packets: 100);

        Assert.All(call.Media.Copies, static count => Assert.Equal(0, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_seconds_of_sound_tell_how_lossy_a_line_is_however_few_packets_they_are(int frames)
    {
        var repeats = new SoundRepeats();

        for (var i = 1; i * frames <= 100; i++)
        {
            repeats.OnFeedback(new RtcTime(i * frames * 20_000), received: i % 10 != 0, frames);
        }

        Assert.Equal(SoundRepeats.Most, repeats.Wanted);
    }

    [Theory]
    [InlineData(1, 10, true)]
    [InlineData(1, 11, false)]
    [InlineData(2, 5, true)]
    [InlineData(2, 6, false)]
    [InlineData(3, 4, false)]
    public void More_than_200_ms_in_one_go_are_an_outage(int frames, int lost, bool areWanted)
    {
        var repeats = new SoundRepeats();

        for (var i = 0; i <= lost; i++)
        {
            repeats.OnFeedback(new RtcTime(i * frames * 20_000), received: i == lost, frames);
        }

        Assert.Equal(areWanted, repeats.Wanted > 0);
    }

    [Theory]
    [InlineData(60_000, 0)]
    [InlineData(180_000, 1)]
    [InlineData(1_000_000, 3)]
    public void A_thin_line_has_no_room_for_them(int lineRate, int expected)
    {
        var repeats = Lossy();

        Assert.Equal(expected, repeats.Plan(timestamp: 3 * 960, length: 40, frames: 1, room: 1_100, lineRate));
    }

    [Fact]
    public void What_is_too_long_or_too_long_ago_is_not_copied()
    {
        var repeats = Lossy();
        Assert.Equal(3, repeats.Plan(3 * 960, length: 40, frames: 1, room: 1_100, lineRate: 10_000_000));
        Assert.Equal(2, repeats.Plan(3 * 960, length: 40, frames: 1, room: 40 + 1 + (2 * 44), lineRate: 10_000_000));
        Assert.Equal(0, repeats.Plan((2 * 960) + 16_384, length: 40, frames: 1, room: 1_100, lineRate: 10_000_000));

        repeats.Keep(3 * 960, new byte[SoundRepeats.LongestCopied + 1]);
        Assert.Equal(0, repeats.Plan(4 * 960, length: 40, frames: 1, room: 1_100, lineRate: 10_000_000));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_packet()
    {
        var repeats = Lossy();
        var (sound, buffer) = (new byte[40], new byte[1_500]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 3u; i < 1_000; i++)
        {
            var copies = repeats.Plan(i * 960, sound.Length, frames: 1, room: 1_100, lineRate: 1_000_000);
            repeats.Write(buffer, copies, 111, i * 960, sound);
            repeats.Keep(i * 960, sound);
            repeats.OnFeedback(new RtcTime(i * 20_000), received: i % 5 != 0, frames: 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Three packets were kept on a line that loses much.</summary>
    private static SoundRepeats Lossy()
    {
        var repeats = new SoundRepeats();
        for (var i = 0; i < 4; i++)
        {
            repeats.OnFeedback(new RtcTime(i * 20_000), received: i == 3, frames: 1);
        }

        for (var i = 0u; i < SoundRepeats.Most; i++)
        {
            repeats.Keep(i * 960, new byte[40]);
        }

        Assert.Equal(SoundRepeats.Most, repeats.Wanted);
        return repeats;
    }

    private static void LoseInBursts(Call call, TimeSpan every, TimeSpan length)
    {
        var begin = call.Network.Now;
        call.Network.IsLost = datagram =>
            datagram.Destination.Equals(call.Client.Address) && (call.Network.Now - begin).Ticks % every.Ticks >= every.Ticks - length.Ticks;
    }

    private static List<(ulong Tag, uint Timestamp, byte[] Sound)> Speak(Call call, int packets)
    {
        var sent = new List<(ulong, uint, byte[])>();
        for (var i = 0; i < packets; i++)
        {
            var (now, sound) = (call.Network.Now, new byte[60]);
            var tag = (ulong)now.Microseconds;
            new Random((int)now.Microseconds).NextBytes(sound);
            Assert.True(call.Peer.SendAudio(now, now, sound, tag));
            sent.Add((tag, call.Peer.AudioTimestampOf(now)!.Value, sound));
            call.Network.RunFor(Packet);
        }

        return sent;
    }

    private static List<ulong> Acknowledged(Call call) =>
        [.. call.Server.Events.OfType<RtcEvent.FeedbackReceived>().SelectMany(static told => told.AcknowledgedTags.ToArray())];
}
