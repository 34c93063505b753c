using System.Diagnostics.Metrics;
using CsCheck;

namespace Holdfast.Media.Tests;

public sealed class ShowStreamTests
{
    private const int LoopLength = 20;
    private const int KeyFrameInterval = 5;
    private static readonly VideoFormat s_format = new(96, 96, 25);
    private static readonly EncodedLoop s_loop = DrawnPortrait.Loop(s_format, LoopLength, KeyFrameInterval);

    private readonly Receiver _receiver = new();

    [Fact]
    public void An_idle_show_is_taken_from_the_loop_from_its_first_picture_on()
    {
        var show = new ScriptedShow(s_format, s_loop);
        using var stream = new ShowStream(show);
        Run(stream, ticks: 100);

        Assert.Equal(0, show.Drawn);
        Assert.Equal(new ShowStreamStatistics(50, 0, 0, 10, 0, 100) { Size = new PictureSize(s_format.Width, s_format.Height) }, stream.Statistics);
        for (var i = 0; i < 50; i++)
        {
            Assert.True(_receiver.Pictures[i].Vp8.AsSpan().SequenceEqual(s_loop[i]));
            Assert.Equal(i % KeyFrameInterval == 0, _receiver.Pictures[i].IsKeyFrame);
            Assert.Equal(TimeSpan.FromMilliseconds(40 * i), _receiver.Pictures[i].MediaTime);
        }
    }

    [Fact]
    public void Another_loop_is_entered_at_once_with_a_key_frame_of_its_own()
    {
        var other = DrawnPortrait.Loop(s_format, LoopLength, KeyFrameInterval);
        for (var at = 1; at < 12; at++)
        {
            _receiver.Pictures.Clear();
            var show = new ScriptedShow(s_format, s_loop);
            using var stream = new ShowStream(show);
            Run(stream, ticks: 2 * at);
            show.IdleLoop = other;
            Run(stream, ticks: 8);
            Assert.True(_receiver.Pictures[at].IsKeyFrame);
            Assert.Equal(0, show.Drawn);
        }
    }

    [Fact]
    public void Speech_begins_with_a_key_frame_at_once_and_ends_at_a_key_frame_of_the_loop()
    {
        var show = new ScriptedShow(s_format, s_loop);
        using var stream = new ShowStream(show);
        Run(stream, ticks: 14);
        show.IsSpeaking = true;
        Run(stream, ticks: 12);
        show.IsSpeaking = false;
        Run(stream, ticks: 14);

        // Pictures 7 to 12 are spoken, 13 and 14 wait for the loop's key frame at 15.
        Assert.Equal([0, 5, 7, 15], KeyFrames());
        Assert.Equal(8, show.Drawn);
        Assert.Equal(12, stream.Statistics.LoopPictures);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_request_for_a_key_frame_is_answered_by_the_next_picture(bool speaking)
    {
        for (var at = 1; at < 12; at++)
        {
            _receiver.Pictures.Clear();
            var show = new ScriptedShow(s_format, s_loop) { IsSpeaking = speaking };
            using var stream = new ShowStream(show);
            Run(stream, ticks: 2 * at);
            stream.RequestKeyFrame();
            stream.RequestKeyFrame();
            Run(stream, ticks: 10);

            Assert.True(_receiver.Pictures[at].IsKeyFrame);
            Assert.False(_receiver.Pictures[at + 1].IsKeyFrame);
        }
    }

    [Theory]
    [InlineData(false, 6)]
    [InlineData(false, 7)]
    [InlineData(true, 6)]
    [InlineData(true, 7)]
    public void Who_comes_sees_a_picture_before_one_is_due_and_none_twice(bool speaking, int at)
    {
        var show = new ScriptedShow(s_format, s_loop) { IsSpeaking = speaking };
        using var stream = new ShowStream(show);
        Run(stream, at);
        _receiver.Pictures.Clear();
        stream.Begin(new MediaTick(at), _receiver);
        stream.Begin(new MediaTick(at), _receiver);

        var first = Assert.Single(_receiver.Pictures);
        Assert.True(first.IsKeyFrame);
        Assert.Equal(new MediaTick(at).MediaTime, first.MediaTime);

        Run(stream, ticks: 4);
        Assert.Equal(at + 4, _receiver.Sounds.Count);
        Assert.Equal(
            Enumerable.Range(at, 4).Where(tick => tick == at || tick % 2 == 0).Select(tick => new MediaTick(tick).MediaTime),
            _receiver.Pictures.Select(picture => picture.MediaTime));
        using var decoder = new Vp8Decoder();
        Assert.All(_receiver.Pictures, picture => Assert.True(decoder.TryDecode(picture.Vp8, out _)));
    }

    [Fact]
    public void While_nothing_happens_key_frames_cost_no_encoder_however_many_are_asked_for()
    {
        var show = new ScriptedShow(s_format, s_loop);
        using var stream = new ShowStream(show);
        for (var i = 0; i < 50; i++)
        {
            stream.RequestKeyFrame();
            Run(stream, ticks: 2 + i % 7);
        }

        Assert.Equal(0, show.Drawn);
        Assert.Equal(0, stream.Statistics.LivePictures);
        Assert.True(stream.Statistics.KeyFrames >= 50, $"{stream.Statistics.KeyFrames} key frames");
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Whatever_happens_each_picture_is_decodable_and_the_right_one()
    {
        var steps = Gen.Select(Gen.Int[1, 25], Gen.Bool, Gen.Int[0, 4]).Array[1, 12];
        steps.Sample(
            script =>
            {
                var show = new ScriptedShow(s_format, s_loop);
                using var stream = new ShowStream(show);
                using var decoder = new Vp8Decoder();
                var receiver = new Receiver();
                var expected = new I420Picture(s_format.Width, s_format.Height);
                var tick = 0L;
                var index = 0;
                var mustBeKeyFrame = true;
                foreach (var (ticks, speaking, happening) in script)
                {
                    show.IsSpeaking = speaking;
                    if (happening == 1)
                    {
                        stream.RequestKeyFrame();
                    }
                    else if (happening == 2)
                    {
                        stream.Suspend();
                        tick += 1000;
                    }

                    mustBeKeyFrame |= happening is 1 or 2 or 3;
                    for (var i = happening == 3 ? -1 : 0; i < ticks; i++)
                    {
                        var before = receiver.Pictures.Count;
                        if (i < 0)
                        {
                            stream.Begin(new MediaTick(tick), receiver);
                        }
                        else
                        {
                            stream.Tick(new MediaTick(tick++), receiver);
                        }

                        if (receiver.Pictures.Count == before)
                        {
                            continue;
                        }

                        var frame = receiver.Pictures[^1];
                        Assert.True(frame.IsKeyFrame || !mustBeKeyFrame);
                        Assert.True(Vp8FrameHeader.TryParse(frame.Vp8, out var header) && header.IsKeyFrame == frame.IsKeyFrame);
                        Assert.True(decoder.TryDecode(frame.Vp8, out var decoded));
                        index = mustBeKeyFrame && !speaking ? (index + KeyFrameInterval - 1) / KeyFrameInterval * KeyFrameInterval : index;
                        show.DrawAs(index++, speaking, expected);
                        var psnr = PictureQuality.Psnr(expected, decoded);
                        Assert.True(psnr > 28, $"{psnr:F1} dB at picture {before}");
                        mustBeKeyFrame = false;
                    }
                }
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void After_a_failure_the_next_picture_is_a_key_frame()
    {
        var show = new ScriptedShow(s_format, s_loop) { IsSpeaking = true };
        using var stream = new ShowStream(show);
        Run(stream, ticks: 6);
        Assert.Throws<InvalidOperationException>(() => stream.Tick(new MediaTick(6), new Broken()));
        Run(stream, ticks: 4);

        Assert.Equal([0, 3], KeyFrames());
    }

    [Fact]
    public void Sound_is_heard_while_it_speaks_and_the_silence_is_everyones()
    {
        var show = new ScriptedShow(s_format, s_loop);
        using var stream = new ShowStream(show);
        Run(stream, ticks: 10);
        show.IsSpeaking = true;
        Run(stream, ticks: 30);
        show.IsSpeaking = false;
        Run(stream, ticks: 60);

        using var decoder = new OpusDecoder();
        var pcm = new short[OpusDecoder.MaxSamplesPerPacket];
        var shared = SilentPacket.For(new OpusEncoderOptions()).ToArray();
        for (var i = 0; i < 100; i++)
        {
            var packet = _receiver.Sounds[i];
            Assert.Equal(SoundFormat.SamplesPerFrame, decoder.Decode(packet.Opus, pcm));
            var peak = pcm.Take(SoundFormat.SamplesPerFrame).Max(sample => Math.Abs((int)sample));
            Assert.Equal(i is < 10 or >= 40, packet.Silent);
            Assert.Equal(TimeSpan.FromMilliseconds(20 * i), packet.MediaTime);
            Assert.Equal(i is < 10 or >= 45, packet.Opus.AsSpan().SequenceEqual(shared));
            if (i is > 12 and < 40)
            {
                Assert.InRange(peak, 5_000, 13_000);
            }
            else if (i is < 10 or > 43)
            {
                Assert.InRange(peak, 0, 100);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_idle_tick_allocates_nothing_whether_it_is_measured_or_not(bool isMeasured)
    {
        using var listener = Listen(isMeasured);
        using var stream = new ShowStream(new ScriptedShow(s_format, s_loop));
        var sink = new Nowhere();
        for (var i = 0; i < 40; i++)
        {
            stream.Tick(new MediaTick(i), sink);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 40; i < 140; i++)
        {
            stream.Tick(new MediaTick(i), sink);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((70, 140), (sink.Pictures, sink.Sounds));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_speaking_tick_allocates_nothing_either(bool isMeasured)
    {
        using var listener = Listen(isMeasured);
        using var stream = new ShowStream(new ScriptedShow(s_format, loop: null) { IsSpeaking = true });
        var sink = new Nowhere();
        for (var i = 0; i < 60; i++)
        {
            stream.Tick(new MediaTick(i), sink);
        }

        // What the test's own show allocates to draw is its own affair, so only ticks without a picture are looked at.
        var allocated = 0L;
        for (var i = 60; i < 100; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            stream.Tick(new MediaTick(i), sink);
            allocated += i % 2 == 1 ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
        }

        Assert.Equal(0, allocated);
    }

    /// <summary>Somebody who takes in every measurement, as an exporter does.</summary>
    private static MeterListener? Listen(bool isMeasured)
    {
        if (!isMeasured)
        {
            return null;
        }

        var (listener, sum) = (new MeterListener(), 0L);
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name is MediaDiagnostics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => Interlocked.Add(ref sum, measurement));
        listener.Start();
        return listener;
    }

    [Fact]
    public void An_encoder_that_was_given_back_comes_again_when_needed()
    {
        var show = new ScriptedShow(s_format, s_loop) { IsSpeaking = true };
        using var stream = new ShowStream(show, new ShowStreamOptions { EncoderLinger = TimeSpan.FromMilliseconds(100) });
        using var decoder = new Vp8Decoder();
        for (var round = 0; round < 3; round++)
        {
            show.IsSpeaking = !show.IsSpeaking;
            Run(stream, ticks: 60);
        }

        Assert.All(_receiver.Pictures, picture => Assert.True(decoder.TryDecode(picture.Vp8, out _)));
        Assert.True(_receiver.Pictures[30].IsKeyFrame);
    }

    [Fact]
    public void A_lower_bitrate_makes_smaller_pictures()
    {
        var show = new ScriptedShow(s_format, loop: null) { IsSpeaking = true };
        using var stream = new ShowStream(show, new ShowStreamOptions { VideoBitrate = 300_000, VideoCodecs = [new Vp8Codec { MaxQuantizer = 63 }] });
        Run(stream, ticks: 200);
        var high = _receiver.Pictures.Skip(25).Sum(picture => picture.Vp8.Length);
        _receiver.Pictures.Clear();
        stream.VideoBitrate = 30_000;
        Run(stream, ticks: 200);
        var low = _receiver.Pictures.Skip(25).Sum(picture => picture.Vp8.Length);

        Assert.InRange(low, 1, high / 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(30)]
    [InlineData(50)]
    public void As_many_pictures_come_as_the_show_has(int framesPerSecond)
    {
        using var stream = new ShowStream(new ScriptedShow(s_format with { FramesPerSecond = framesPerSecond }, loop: null));
        Run(stream, ticks: 100);

        Assert.Equal(2 * framesPerSecond, _receiver.Pictures.Count);
        Assert.Throws<ArgumentException>(() => new ShowStream(new ScriptedShow(s_format with { FramesPerSecond = 51 }, loop: null)));
    }

    [Fact]
    public void What_was_sent_leaves_before_a_picture_is_drawn_and_waits_for_others_where_none_is()
    {
        var show = new ScriptedShow(s_format, s_loop);
        using var stream = new ShowStream(show);
        Run(stream, ticks: 10);
        Assert.Empty(_receiver.Flushes);

        show.IsSpeaking = true;
        Run(stream, ticks: 6);

        // The sound of the tick has left when its picture begins to be drawn.
        Assert.Equal([11, 13, 15], _receiver.Flushes);
    }

    [Fact]
    public void A_loop_has_key_frames_on_its_interval_and_wraps_without_a_seam()
    {
        using var decoder = new Vp8Decoder();
        var portrait = new DrawnPortrait(s_format, LoopLength);
        var expected = new I420Picture(s_format.Width, s_format.Height);
        for (var i = 0; i < 3 * LoopLength; i++)
        {
            Assert.True(Vp8FrameHeader.TryParse(s_loop[i], out var header));
            Assert.Equal(s_loop.IsKeyFrame(i), header.IsKeyFrame);
            Assert.True(decoder.TryDecode(s_loop[i], out var decoded));
            portrait.Draw(i, 0, expected);
            Assert.True(PictureQuality.Psnr(expected, decoded) > 35);
        }
    }

    private void Run(ShowStream stream, int ticks)
    {
        for (var i = 0; i < ticks; i++)
        {
            stream.Tick(new MediaTick(_receiver.Sounds.Count), _receiver);
        }
    }

    private IEnumerable<int> KeyFrames() =>
        Enumerable.Range(0, _receiver.Pictures.Count).Where(i => _receiver.Pictures[i].IsKeyFrame);

    private sealed class Broken : IMediaSink
    {
        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
        {
        }

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => throw new InvalidOperationException("no way");
    }

    private sealed class Nowhere : IMediaSink
    {
        internal int Sounds { get; private set; }

        internal int Pictures { get; private set; }

        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place) => Sounds++;

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => Pictures++;
    }
}
