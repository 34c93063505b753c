namespace Holdfast.Media.Tests;

/// <summary>Pictures that are made out of the one before: only what changed is drawn and encoded.</summary>
public sealed class RetouchingTests
{
    private static readonly VideoFormat s_format = new(96, 96, 25);
    private static readonly PictureArea s_mouth = new(32, 48, 64, 80);

    [Fact]
    public void Outside_of_what_changed_the_picture_stays_as_it_was_sent()
    {
        using var encoder = new Vp8Encoder(new Vp8EncoderOptions { Format = s_format, BitrateBitsPerSecond = 500_000 });
        using var decoder = new Vp8Decoder();
        var picture = new I420Picture(96, 96);
        new DrawnPortrait(s_format).Draw(0, 0, picture);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(decoder.TryDecode(encoder.Encode(picture, forceKeyFrame: false, out _), out _));
        }

        // All of it is another picture, and only a part of it is said to be.
        var other = new I420Picture(96, 96);
        other.Data.Fill(90);
        Assert.True(decoder.TryDecode(encoder.Encode(other, s_mouth, forceKeyFrame: false, out _), out var decoded));
        Assert.InRange(decoded.Y[(64 * 96) + 48], 80, 100);
        Assert.InRange(Math.Abs(decoded.Y[(8 * 96) + 8] - picture.Y[(8 * 96) + 8]), 0, 6);

        // A key frame stands for itself, whatever is said of the one before it; and then all of it is looked at again.
        Assert.True(decoder.TryDecode(encoder.Encode(other, s_mouth, forceKeyFrame: true, out var isKeyFrame), out decoded));
        Assert.True(isKeyFrame);
        Assert.True(PictureQuality.Psnr(other, decoded) > 34);
        Assert.True(decoder.TryDecode(encoder.Encode(picture, forceKeyFrame: false, out _), out decoded));
        Assert.True(PictureQuality.Psnr(picture, decoded) > 30);
    }

    [Theory]
    [InlineData(-50, -50, 40, 40)]
    [InlineData(80, 80, 1_000, 1_000)]
    [InlineData(200, 0, 300, 96)]
    [InlineData(60, 60, 20, 20)]
    public void What_is_said_to_have_changed_beside_the_picture_counts_for_nothing(int left, int top, int right, int bottom)
    {
        using var encoder = new Vp8Encoder(new Vp8EncoderOptions { Format = s_format, BitrateBitsPerSecond = 500_000 });
        var picture = new I420Picture(96, 96);
        new DrawnPortrait(s_format).Draw(0, 0, picture);
        encoder.Encode(picture, forceKeyFrame: true, out _);

        Assert.NotEqual(0, encoder.Encode(picture, new PictureArea(left, top, right, bottom), forceKeyFrame: false, out var isKeyFrame).Length);
        Assert.False(isKeyFrame);
    }

    [Fact]
    public void A_show_goes_on_from_the_picture_that_it_drew_last()
    {
        var show = new RetouchedShow();
        using var stream = new ShowStream(show);
        var receiver = new Receiver();
        Run(stream, receiver, 0, 20);
        Assert.Equal((1, 9), (show.Whole, show.Retouched));

        // The encoder is gone, and the picture may be another stream's by now.
        stream.Suspend();
        Run(stream, receiver, 20, 20);
        Assert.Equal((2, 18), (show.Whole, show.Retouched));

        // After a fault nothing is known of what is in it.
        show.Fails = true;
        Assert.Throws<InvalidOperationException>(() => stream.Tick(new MediaTick(40), receiver));
        show.Fails = false;
        Run(stream, receiver, 42, 2);
        Assert.Equal(3, show.Whole);
        Assert.Empty(show.Strange);
    }

    [Fact]
    public void Streams_do_not_draw_into_each_others_pictures()
    {
        RetouchedShow[] shows = [new(), new(), new()];
        ShowStream[] streams = [.. shows.Select(static show => new ShowStream(show))];
        var receiver = new Receiver();
        for (var i = 0; i < 60; i++)
        {
            Run(streams[i % 3], receiver, 2 * (i / 3), 2);
            if (i % 7 == 6)
            {
                streams[i % 2].Suspend();
            }
        }

        Assert.All(shows, static show => Assert.Empty(show.Strange));
        Assert.All(shows, static show => Assert.True(show.Retouched > 5));
        Assert.All(streams, static stream => stream.Dispose());
    }

    private static void Run(ShowStream stream, Receiver receiver, long from, int ticks)
    {
        for (var i = from; i < from + ticks; i++)
        {
            stream.Tick(new MediaTick(i), receiver);
        }
    }

    private sealed class Receiver : IMediaSink
    {
        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
        {
        }

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture)
        {
        }
    }

    /// <summary>Leaves a number in its pictures, and knows it again.</summary>
    private sealed class RetouchedShow : IRetouchingShow
    {
        private static int s_last;
        private byte _number;

        public int Whole { get; private set; }

        public int Retouched { get; private set; }

        public bool Fails { get; set; }

        /// <summary>Pictures that were handed to it as its own and were not.</summary>
        public List<long> Strange { get; } = [];

        public VideoFormat VideoFormat => s_format;

        public EncodedLoop? IdleLoop => null;

        public bool IsIdle => false;

        public bool ReadAudio(Span<short> pcm) => false;

        public void Draw(long frameIndex, I420Picture picture)
        {
            Whole++;
            Fill(picture);
        }

        public PictureArea Retouch(long frameIndex, I420Picture picture)
        {
            Retouched++;
            if (picture.Y[0] != _number || picture.Y[^1] != _number)
            {
                Strange.Add(frameIndex);
            }

            Fill(picture);
            return PictureArea.AllOf(picture);
        }

        public SayResult Say(Utterance utterance) => SayResult.NothingToSay;

        public int Interrupt() => 0;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Fill(I420Picture picture)
        {
            if (Fails)
            {
                throw new InvalidOperationException("As the test wants it.");
            }

            picture.Data.Fill(_number = (byte)(1 + (Interlocked.Increment(ref s_last) % 250)));
        }
    }
}
