using System.Globalization;
using Holdfast.Media;

namespace Holdfast.Speech.Tests.Listening;

/// <summary>What an ear makes of packets that come, and of those that do not: everything stays in its place in the sender's time.</summary>
public sealed class EarTests
{
    private const int Packets = 150;
    private const uint SamplesPerPacket = SoundFormat.SampleRate / 50;

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")] // made up by the decoder
    [InlineData(5, "")]
    [InlineData(6, "missing")]
    [InlineData(15, "missing")]
    [InlineData(50, "missing")]
    public void A_loss_in_the_middle_of_speech_lasts_as_long_as_it_did(int lost, string told)
    {
        var heard = Hear(lost, isSent: true);

        Assert.Equal(told, heard.Missing == 0 ? "" : "missing");
        Assert.InRange((heard.Frames * HearingFormat.FrameSamples) + heard.Missing, (Packets * 320) - HearingFormat.FrameSamples, Packets * 320);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(100, 50)] // more than a second of silence tells nothing more
    public void What_was_never_sent_is_silence(int packets, int heardAs)
    {
        var heard = Hear(packets, isSent: false);

        Assert.Equal(0, heard.Missing);
        Assert.InRange(heard.Frames * HearingFormat.FrameSamples, ((Packets - packets + heardAs) * 320) - HearingFormat.FrameSamples, (Packets - packets + heardAs) * 320);
    }

    [Fact]
    public void What_was_never_sent_into_a_lost_path_is_missing_and_no_silence()
    {
        var heard = Hear(50, isSent: false, isCut: true);

        Assert.InRange(heard.Missing, (50 * 320) - HearingFormat.FrameSamples, 50 * 320);
    }

    [Theory]
    [InlineData(int.MaxValue)] // another stream, whose time stamps begin anywhere
    [InlineData(-48_000)]
    public void Of_another_stream_nobody_knows_how_much_is_missing(int jump)
    {
        var heard = Hear(lost: 0, isSent: false, jump: jump);

        Assert.True(heard.IsUnknown);
        Assert.InRange(heard.Frames, (Packets * 320 / HearingFormat.FrameSamples) - 1, (Packets * 320 / HearingFormat.FrameSamples) + 1);
    }

    [Fact]
    public void What_is_posted_happens_between_what_came_before_it_and_what_came_after()
    {
        using var threads = new ListeningThreads(1);
        var noted = new Noted();
        using var ear = new Ear(threads, Ears.Model, noted);
        using var encoder = new OpusEncoder();
        using var done = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var may = new ManualResetEventSlim();
        ear.Post(() =>
        {
            begun.Set();
            may.Wait();
        });
        begun.Wait(TestContext.Current.CancellationToken);

        // Nobody gets to them yet: this machine is busy.
        for (var i = 0u; i < 48; i++)
        {
            if (i == 32)
            {
                ear.Post(() => noted.All.Add("cut after " + noted.Frames.ToString(CultureInfo.InvariantCulture)));
            }

            ear.Receive(encoder.Encode(new short[SoundFormat.SamplesPerFrame]), i * SamplesPerPacket, 0);
        }

        ear.Post(done.Set);
        may.Set();
        done.Wait(TestContext.Current.CancellationToken);

        Assert.Equal("cut after 20", Assert.Single(noted.All));
        Assert.Equal(30, noted.Frames);
    }

    /// <summary>What becomes of three seconds of which a part in the middle did not come.</summary>
    private static Noted Hear(int lost, bool isSent, bool isCut = false, int jump = 0)
    {
        using var threads = new ListeningThreads(1);
        var noted = new Noted();
        using var ear = new Ear(threads, Ears.Model, noted);
        using var encoder = new OpusEncoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var timestamp = 4_294_900_000u; // it wraps on the way
        for (var i = 0; i < Packets - lost; i++)
        {
            var isBehind = i == (Packets - lost) / 2;
            timestamp = unchecked(timestamp + (isBehind ? (SamplesPerPacket * (uint)lost) + (uint)jump : 0));
            if (isBehind && isCut)
            {
                ear.Post(() => ear.IsCut = true);
            }

            for (var k = 0; k < pcm.Length; k++)
            {
                pcm[k] = (short)(6_000 * Math.Sin(2 * Math.PI * 300 * k / SoundFormat.SampleRate));
            }

            ear.Receive(encoder.Encode(pcm), timestamp, isBehind && isSent ? lost : 0);
            timestamp = unchecked(timestamp + SamplesPerPacket);
            if (i % 16 == 0)
            {
                Wait(ear);
            }
        }

        Wait(ear);
        Assert.Null(noted.Fault);
        return noted;
    }

    private static void Wait(Ear ear)
    {
        using var done = new ManualResetEventSlim();
        ear.Post(done.Set);
        done.Wait(TestContext.Current.CancellationToken);
    }

    private sealed class Noted : IEarObserver
    {
        public List<string> All { get; } = [];

        public int Frames { get; private set; }

        public int Missing { get; private set; }

        public bool IsUnknown { get; private set; }

        public Exception? Fault { get; private set; }

        public void OnFrame(ReadOnlySpan<short> frame, float probability) => Frames++;

        public void OnMissing(int? samples) => (Missing, IsUnknown) = (Missing + (samples ?? 0), IsUnknown || samples is null);

        public void OnFault(Exception exception) => Fault = exception;
    }
}
