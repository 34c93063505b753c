namespace Holdfast.Media.Tests;

/// <summary>What a stream makes of the room that its sink has.</summary>
public sealed class NarrowLineTests
{
    private static readonly VideoFormat s_full = new(512, 512, 25);

    [Fact]
    public void Sound_follows_the_line_and_what_the_listener_wants()
    {
        var options = new OpusEncoderOptions();
        Assert.Equal(40_000, SoundRate.For(MediaRoom.Plenty, options).BitsPerSecond);
        Assert.Equal(32_000, SoundRate.For(Room(300_000), options).BitsPerSecond);
        Assert.Equal(12_000, SoundRate.For(Room(60_000), options).BitsPerSecond);
        Assert.Equal(20_000, SoundRate.For(Room(2_000_000) with { MostSoundBits = 20_000 }, options).BitsPerSecond);
        Assert.Equal(10, SoundRate.For(Room(300_000), options).ExpectedLossPercent);
        Assert.Equal(20, SoundRate.For(Room(300_000) with { Loss = 0.12 }, options).ExpectedLossPercent);
        Assert.Equal(0, SoundRate.For(Room(300_000) with { UsesInBandFec = false }, options).ExpectedLossPercent);

        // Copies bring what is lost, and in-band FEC beside them would take the voice's heights.
        Assert.Equal(new SoundRate(20_000, 0), SoundRate.For(Room(300_000) with { Loss = 0.12, SoundCopies = 1 }, options));
        Assert.Equal(new SoundRate(20_000, 0), SoundRate.For(Room(300_000) with { MostSoundBits = 20_000 }, options));
        Assert.Equal(new SoundRate(12_000, 10), SoundRate.For(Room(60_000), options));
    }

    /// <summary>What <see cref="SoundRate"/> rests on: RFC 6716, section 3.1, tells by the first byte how high a packet reaches.</summary>
    [Theory]
    [InlineData(12_000, 10, 8)]
    [InlineData(16_000, 20, 8)]
    [InlineData(20_000, 0, 8)]
    [InlineData(20_000, 10, 6)]
    [InlineData(24_000, 10, 8)]
    public void A_voice_keeps_its_heights_but_where_FEC_takes_them(int bitsPerSecond, int expectedLoss, int kilohertz)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { BitrateBitsPerSecond = bitsPerSecond, ExpectedLossPercent = expectedLoss });
        var (pcm, random, reaches) = (new short[SoundFormat.SamplesPerFrame], new Random(3), 0);
        for (var i = 0; i < 100; i++)
        {
            for (var n = 0; n < pcm.Length; n++)
            {
                var time = ((i * pcm.Length) + n) / (double)SoundFormat.SampleRate;
                pcm[n] = (short)((5_000 * Math.Sin(2 * Math.PI * 170 * time) * (1 + Math.Sin(2 * Math.PI * 4 * time))) + random.Next(-1_500, 1_500));
            }

            reaches = (encoder.Encode(pcm)[0] >> 3) switch
            {
                < 4 => 4,
                < 8 => 6,
                < 12 => 8,
                < 14 => 12,
                < 16 => 20,
                _ => 0,
            };
        }

        Assert.True(kilohertz == 6 ? reaches <= kilohertz : reaches >= kilohertz, $"{reaches} kHz");
    }

    [Fact]
    public void Pictures_become_smaller_then_fewer_then_stand_still_at_once_and_better_again_only_after_a_while()
    {
        var ladder = new PictureLadder(s_full);
        Assert.Equal(0, IndexAt(ladder, 0, 500_000));
        Assert.Equal(1, IndexAt(ladder, 10, 100_000));
        Assert.Equal(2, IndexAt(ladder, 10.04, 50_000));
        Assert.Equal(3, IndexAt(ladder, 10.08, 25_000));
        Assert.Equal(4, IndexAt(ladder, 10.12, 15_000));
        Assert.Equal(PictureRung.SoundAlone(s_full), ladder.Choose(TimeSpan.FromSeconds(10.16), 1_000));

        // A moment of more is no reason, and neither is just enough.
        Assert.Equal(5, IndexAt(ladder, 11, 500_000));
        Assert.Equal(5, IndexAt(ladder, 11.04, 12_000));
        Assert.Equal(5, IndexAt(ladder, 12, 500_000));
        Assert.Equal(0, IndexAt(ladder, 13.6, 500_000));
    }

    [Fact]
    public void Sound_that_shares_its_headers_leaves_room_for_pictures()
    {
        Assert.Equal(74 * 8 * MediaTick.PerSecond / 2, TakenBySound(frames: 1) - TakenBySound(frames: 2));

        static int TakenBySound(int frames)
        {
            var sound = new LiveSound(new ScriptedShow(new VideoFormat(192, 192, 25), null), new OpusEncoderOptions(), lingerTicks: 0);
            sound.Tick(new MediaTick(1), Room(100_000) with { SoundFrames = frames }, new Line());
            return sound.BitsPerSecond;
        }
    }

    [Fact]
    public void Pictures_that_are_sent_twice_take_half_of_the_room_each()
    {
        var (once, twice) = (BytesOf(copies: 0), BytesOf(copies: 1));

        Assert.InRange(twice, once * 0.3, once * 0.7);

        int BytesOf(int copies)
        {
            var show = new ScriptedShow(new VideoFormat(192, 192, 25), null);
            using var stream = new ShowStream(show);
            var sink = new Line { Bits = 300_000, Copies = copies };
            for (var i = 0; i < 400; i++)
            {
                stream.Tick(new MediaTick(sink.Tick++), sink);
            }

            return sink.Pictures.Sum(static picture => picture.Bytes.Length);
        }
    }

    [Fact]
    public void Fewer_pictures_have_fewer_headers()
    {
        // Those of all pictures would take 13.6 kbit/s, which are a third of what a line of 100 kbit/s leaves beside the sound.
        Assert.Equal([13_600, 6_800, 3_400, 1_700, 0], [.. ((int[])[1, 2, 4, 8, 0]).Select(static interval => PictureRung.OverheadOf(interval, s_full))]);
        Assert.Equal(3, IndexAt(new PictureLadder(s_full), 0, 22_000));
        Assert.Equal(4, IndexAt(new PictureLadder(s_full), 0, 21_000));
    }

    [Fact]
    public void A_machine_with_little_time_sends_a_loop_from_a_thinner_one_and_no_key_frame_more()
    {
        var format = new VideoFormat(192, 192, 25);
        var portrait = new DrawnPortrait(format, 50);
        var loop = EncodedLoopBuilder.Build(format, 50, 25, 400_000, Draw, cancellationToken: TestContext.Current.CancellationToken);
        EncodedLoopBuilder.AddThinner(loop, format, 400_000, Draw, cancellationToken: TestContext.Current.CancellationToken);
        var show = new ScriptedShow(format, loop);
        var (usual, keys) = Sent(thrift: 0);
        var (thrifty, keysOfThrifty) = Sent(thrift: 1);

        Assert.InRange(thrifty, 1, usual * 9 / 10);
        Assert.Equal(keys, keysOfThrifty);

        (int Bytes, int Keys) Sent(int thrift)
        {
            using var stream = new ShowStream(show);
            using var decoder = new Vp8Decoder();
            var sink = new Line { Bits = 2_000_000 };
            var (bytes, count) = (0, 0);
            for (var i = 0; i < 400; i++)
            {
                stream.Tick(new MediaTick(sink.Tick++) { Thrift = thrift }, sink);
                while (sink.Pictures.TryDequeue(out var picture))
                {
                    sink.HasKeyFrame = true;
                    Assert.True(decoder.TryDecode(picture.Bytes, out _));
                    (bytes, count) = (bytes + picture.Bytes.Length, count + (picture.IsKeyFrame ? 1 : 0));
                }
            }

            Assert.Equal(Holdfast.Media.PictureQuality.Full, stream.Statistics.Quality);
            return (bytes, count);
        }

        void Draw(long index, I420Picture picture) => portrait.Draw(index, 0, picture);
    }

    [Fact]
    public void The_thinnest_rungs_of_a_loop_are_entered_at_key_frames_and_nothing_builds_on_what_was_not_sent()
    {
        var format = new VideoFormat(192, 192, 25);
        var portrait = new DrawnPortrait(format, 50);
        var loop = EncodedLoopBuilder.Build(format, 50, 25, 400_000, Draw, cancellationToken: TestContext.Current.CancellationToken);
        EncodedLoopBuilder.AddThinner(loop, format, 400_000, Draw, cancellationToken: TestContext.Current.CancellationToken);
        var show = new ScriptedShow(format, loop);
        using var stream = new ShowStream(show);
        var sink = new Line();
        using var decoder = new Vp8Decoder();
        var widths = new HashSet<int>();
        foreach (var bits in (int[])[2_000_000, 120_000, 80_000, 2_000_000])
        {
            sink.Bits = bits;
            for (var i = 0; i < 200; i++)
            {
                stream.Tick(new MediaTick(sink.Tick++), sink);
                while (sink.Pictures.TryDequeue(out var picture))
                {
                    Assert.True(sink.HasKeyFrame || picture.IsKeyFrame);
                    sink.HasKeyFrame = true;
                    Assert.True(decoder.TryDecode(picture.Bytes, out var decoded));
                    widths.Add(decoded!.Width);
                }
            }
        }

        Assert.Equal([192, 96], widths);
        Assert.Equal(Holdfast.Media.PictureQuality.Full, stream.Statistics.Quality);

        void Draw(long index, I420Picture picture) => portrait.Draw(index, 0, picture);
    }

    private static MediaRoom Room(int bits) => new(bits, TimeSpan.Zero, 0);

    private static int IndexAt(PictureLadder ladder, double seconds, double bits)
    {
        ladder.Choose(TimeSpan.FromSeconds(seconds), bits);
        return ladder.Index;
    }

    private sealed class Line : IMediaSink
    {
        public int Bits { get; set; }

        public long Tick { get; set; }

        public bool HasKeyFrame { get; set; }

        public Queue<(byte[] Bytes, bool IsKeyFrame)> Pictures { get; } = new();

        public int Copies { get; init; }

        public MediaRoom Room => new(Bits, TimeSpan.Zero, 0) { PictureCopies = Copies };

        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
        {
        }

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => Pictures.Enqueue((picture.Bytes.ToArray(), picture.IsKeyFrame));
    }
}
