namespace Holdfast.Media.Tests;

/// <summary>A show in several sizes: the smallest that covers the stage, where there is room and time for it, and never a torn picture on the way.</summary>
public sealed class StageTests
{
    private const int LoopLength = 20;
    private const int KeyFrameInterval = 5;
    private const int TicksPerSecond = MediaTick.PerSecond;
    private static readonly VideoFormat s_usual = new(96, 96, 25);
    private static readonly VideoFormat s_large = new(192, 192, 25);
    private static readonly EncodedLoop s_loop = DrawnPortrait.Loop(s_usual, LoopLength, KeyFrameInterval);
    private static readonly EncodedLoop s_largeLoop = DrawnPortrait.Loop(s_large, LoopLength, KeyFrameInterval).WithThinner(s_loop);

    private readonly Seen _seen = new();
    private readonly SizedShow _show = new();
    private long _tick;

    [Fact]
    public void Where_nobody_tells_of_a_stage_nothing_is_larger_than_before_and_no_larger_loop_is_made()
    {
        using var stream = new ShowStream(_show);
        Run(stream, 3);
        _show.IsSpeaking = true;
        Run(stream, 3);
        Assert.Equal([96], _seen.Widths.Distinct());
        Assert.Equal(0, _show.Asked);
    }

    [Fact]
    public void A_large_stage_gets_the_large_picture_and_a_small_one_the_small_one_again()
    {
        using var stream = new ShowStream(_show) { Stage = new StageSize(150, 97) };
        Assert.Null(stream.Statistics.Size);
        Run(stream, 5);
        Assert.Equal(192, _seen.Widths[^1]);
        Assert.Equal(new PictureSize(192, 192), stream.Statistics.Size);
        _show.IsSpeaking = true;
        Run(stream, 5);
        Assert.Equal(192, _seen.Widths[^1]);
        _show.IsSpeaking = false;
        Run(stream, 3);
        Assert.Equal(192, _seen.Widths[^1]);

        // The motion does not jump: the smaller loop is entered where the larger one has a key frame.
        var before = _seen.KeyFrames[^1];
        Run(stream, 0.04);
        stream.Stage = new StageSize(96, 96);
        Run(stream, 3);
        Assert.Equal(96, _seen.Widths[^1]);
        Assert.Equal(new PictureSize(96, 96), stream.Statistics.Size);
        Assert.All(_seen.KeyFrames.Where(at => at > before), at => Assert.Equal(0, (at - before) % KeyFrameInterval));
        stream.Stage = new StageSize(97, 96);
        _show.IsSpeaking = true;
        Run(stream, 5);
        Assert.Equal(192, _seen.Widths[^1]);
        stream.Stage = new StageSize(10, 10);
        Run(stream, 3);
        Assert.Equal(96, _seen.Widths[^1]);

        // None is missing where the size changed.
        Assert.Equal(0, stream.Statistics.PicturesLeftOut);
        Assert.Equal(_tick / 2, _seen.Widths.Count);
    }

    [Fact]
    public void Who_drags_the_edge_of_a_window_sees_no_other_size_before_it_stands_still()
    {
        using var stream = new ShowStream(_show) { Stage = new StageSize(192, 192) };
        _show.IsSpeaking = true;
        stream.Begin(new MediaTick(_tick++), _seen);
        Run(stream, 4);
        for (var step = 0; step < 40; step++)
        {
            stream.Stage = step % 2 == 0 ? new StageSize(96, 96) : new StageSize(192, 192);
            Run(stream, 0.2);
        }

        Assert.Equal([192], _seen.Widths.Distinct());
        Assert.Single(_seen.KeyFrames);
    }

    [Fact]
    public void As_long_as_the_large_loop_is_not_there_speaking_and_waiting_are_seen_in_one_size()
    {
        _show.Large = null;
        using var stream = new ShowStream(_show) { Stage = new StageSize(192, 192) };
        Run(stream, 4);
        _show.IsSpeaking = true;
        Run(stream, 4);
        Assert.Equal([96], _seen.Widths.Distinct());
        Assert.True(_show.Asked > 0, "Nobody asked for it: it would never be made.");

        _show.Large = s_largeLoop;
        Run(stream, 4);
        Assert.Equal(192, _seen.Widths[^1]);
        _show.IsSpeaking = false;
        Run(stream, 4);
        Assert.Equal(192, _seen.Widths[^1]);
    }

    [Fact]
    public void A_narrow_line_gets_the_usual_picture_on_a_large_stage_and_the_large_one_when_it_is_wide()
    {
        using var stream = new ShowStream(_show) { Stage = new StageSize(192, 192) };
        _show.IsSpeaking = true;
        _seen.Bits = 60_000;
        Run(stream, 5);
        Assert.Equal([96], _seen.Widths.Distinct());
        Assert.Equal(Holdfast.Media.PictureQuality.Full, stream.Statistics.Quality);

        _seen.Bits = int.MaxValue;
        Run(stream, 5);
        Assert.Equal(192, _seen.Widths[^1]);
        _seen.Bits = 60_000;
        Run(stream, 0.2);
        Assert.Equal(96, _seen.Widths[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_machine_goes_down_first_and_up_again_after_longer_and_longer(bool speaks)
    {
        using var stream = new ShowStream(_show) { Stage = new StageSize(192, 192) };
        _show.IsSpeaking = speaks;
        Run(stream, 5);
        Assert.Equal(192, _seen.Widths[^1]);
        Run(stream, 1, thrift: 1);
        Assert.Equal(96, _seen.Widths[^1]);
        Run(stream, 9);
        Assert.Equal(96, _seen.Widths[^1]);
        Run(stream, 5);
        Assert.Equal(192, _seen.Widths[^1]);

        // It was too much again.
        Run(stream, 1, thrift: 2);
        Run(stream, 15);
        Assert.Equal(96, _seen.Widths[^1]);
        Run(stream, 8);
        Assert.Equal(192, _seen.Widths[^1]);
        Assert.Equal(Holdfast.Media.PictureQuality.Full, stream.Statistics.Quality);
    }

    [Fact]
    public void Who_comes_back_has_the_stage_of_before_at_once()
    {
        using var stream = new ShowStream(_show) { Stage = new StageSize(192, 192) };
        stream.Begin(new MediaTick(_tick++), _seen);
        Assert.Equal([192], _seen.Widths);
    }

    [Fact]
    public void A_loop_is_thinned_by_its_own_motion_only()
    {
        Assert.Throws<ArgumentException>(() => s_largeLoop.WithThinner(DrawnPortrait.Loop(s_usual, LoopLength, KeyFrameInterval * 2)));
        Assert.Throws<ArgumentException>(() => s_largeLoop.WithThinner(DrawnPortrait.Loop(s_usual, LoopLength * 2, KeyFrameInterval)));
    }

    private void Run(ShowStream stream, double seconds, int thrift = 0)
    {
        for (var end = _tick + (int)(seconds * TicksPerSecond); _tick < end; _tick++)
        {
            stream.Tick(new MediaTick(_tick) { Thrift = thrift }, _seen);
        }
    }

    /// <summary>Decodes all that it is sent, and notes how wide it was.</summary>
    private sealed class Seen : IMediaSink
    {
        private readonly Vp8Decoder _decoder = new();

        internal List<int> Widths { get; } = [];

        /// <summary>Which of them were key frames.</summary>
        internal List<int> KeyFrames { get; } = [];

        internal int Bits { get; set; } = int.MaxValue;

        public MediaRoom Room => MediaRoom.Plenty with { BitsPerSecond = Bits };

        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
        {
        }

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture)
        {
            Assert.True(Vp8FrameHeader.TryParse(picture.Bytes, out var header));
            Assert.Equal(picture.IsKeyFrame, header.IsKeyFrame);
            Assert.True(_decoder.TryDecode(picture.Bytes.ToArray(), out var decoded));

            // A picture that builds on one of another size would be torn.
            Assert.True(header.IsKeyFrame ? header.Width == decoded.Width : decoded.Width == Widths[^1]);
            if (header.IsKeyFrame)
            {
                KeyFrames.Add(Widths.Count);
            }

            Widths.Add(decoded.Width);
        }
    }

    private sealed class SizedShow : IScalableShow
    {
        private readonly DrawnPortrait _small = new(s_usual, LoopLength);
        private readonly DrawnPortrait _large = new(s_large, LoopLength);

        internal bool IsSpeaking { get; set; }

        internal EncodedLoop? Large { get; set; } = s_largeLoop;

        internal int Asked { get; private set; }

        public VideoFormat VideoFormat => s_usual;

        public IReadOnlyList<VideoFormat> VideoFormats { get; } = [s_usual, s_large];

        public EncodedLoop? IdleLoop => s_loop;

        public bool IsIdle => !IsSpeaking;

        public EncodedLoop? IdleLoopOf(VideoFormat format)
        {
            Assert.Equal(s_large, format);
            Asked++;
            return Large;
        }

        public bool ReadAudio(Span<short> pcm) => false;

        public void Draw(long frameIndex, I420Picture picture) => (picture.Width == s_usual.Width ? _small : _large).Draw(frameIndex, IsSpeaking ? 0.5 : 0, picture);

        public SayResult Say(Utterance utterance) => SayResult.NothingToSay;

        public int Interrupt() => 0;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
