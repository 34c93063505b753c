using Holdfast.Media;

namespace Holdfast.Speech.Tests.Listening;

/// <summary>What an ear makes of packets that come, and of those that do not.</summary>
public sealed class EarTests
{
    private const int Packets = 50;
    private const uint SamplesPerPacket = SoundFormat.SampleRate / 50;

    /// <summary>However much of it is lost, a second lasts a second: words on both sides of a gap stay apart.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)] // made up by the decoder
    [InlineData(6)] // silence from here on
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(40)]
    public void A_gap_lasts_as_long_as_what_is_missing_in_it(int lost)
    {
        var heard = Hear(lost, sent: true);
        Assert.InRange(heard, Frames(Packets) - 1, Frames(Packets));
    }

    /// <summary>A microphone that sends nothing while nobody speaks (DTX).</summary>
    [Fact]
    public void What_was_never_sent_is_silence_of_the_same_length() =>
        Assert.InRange(Hear(lost: 20, sent: false), Frames(Packets) - 1, Frames(Packets));

    /// <summary>A time stamp can be anything: it is no reason to make up more than a second.</summary>
    [Theory]
    [InlineData(150)]
    [InlineData(10_000)]
    [InlineData(int.MaxValue / (int)SamplesPerPacket)]
    public void A_gap_costs_a_second_at_the_most(int lost) =>
        Assert.InRange(Hear(lost, sent: true, packets: 20), Frames(20) - 1, Frames(20 + 50) + 1);

    /// <summary>What an outage took is put in by whoever has it: silence beside it would tear the words apart.</summary>
    [Fact]
    public void What_is_missing_after_the_path_was_lost_is_left_to_others() =>
        Assert.InRange(Hear(lost: 20, sent: true, isCut: true), Frames(Packets - 20) - 1, Frames(Packets - 20));

    private static int Frames(int packets) => packets * HearingFormat.SampleRate / 50 / HearingFormat.FrameSamples;

    /// <summary>How many frames become of some packets of which the middle ones did not come.</summary>
    private static int Hear(int lost, bool sent, int packets = Packets, bool isCut = false)
    {
        using var threads = new ListeningThreads(1);
        var counter = new Counter();
        using var ear = new Ear(threads, Ears.Model, counter);
        using var encoder = new OpusEncoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var (first, timestamp) = (packets == Packets ? (packets - lost) / 2 : packets / 2, 4_000_000_000u);
        var come = packets == Packets ? packets - lost : packets;
        for (var i = 0; i < come; i++)
        {
            var gap = i == first && lost > 0;
            timestamp += gap ? SamplesPerPacket * (uint)lost : 0;
            if (gap && isCut)
            {
                WaitFor(ear, i);
                ear.Post(ear.Part);
            }

            for (var k = 0; k < pcm.Length; k++)
            {
                pcm[k] = (short)(6_000 * Math.Sin(2 * Math.PI * 300 * k / SoundFormat.SampleRate));
            }

            ear.Receive(encoder.Encode(pcm), timestamp, gap && sent ? lost : 0);
            timestamp += SamplesPerPacket;
        }

        using var done = new ManualResetEventSlim();
        WaitFor(ear, come);
        ear.Post(done.Set);
        done.Wait(TestContext.Current.CancellationToken);
        Assert.Null(counter.Fault);
        return counter.Frames;
    }

    private static void WaitFor(Ear ear, int packets)
    {
        while (ear.Heard < packets)
        {
            Assert.False(TestContext.Current.CancellationToken.IsCancellationRequested);
            Thread.Yield();
        }
    }

    private sealed class Counter : IEarObserver
    {
        public int Frames { get; private set; }

        public Exception? Fault { get; private set; }

        public void OnFrame(ReadOnlySpan<short> frame, float probability) => Frames++;

        public void OnFault(Exception exception) => Fault = exception;
    }
}
