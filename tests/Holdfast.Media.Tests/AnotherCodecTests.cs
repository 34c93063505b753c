namespace Holdfast.Media.Tests;

/// <summary>A codec that nothing outside of it knows, beside VP8.</summary>
public sealed class AnotherCodecTests
{
    private static readonly VideoFormat s_format = new(96, 96, 25);
    private static readonly EncodedLoop s_loop = DrawnPortrait.Loop(s_format, 20, 5);

    private readonly RawCodec _codec = new();
    private long _tick;

    [Fact]
    public void Who_takes_it_gets_it_and_every_picture_can_be_decoded()
    {
        var show = new ScriptedShow(s_format, loop: null) { IsSpeaking = true };
        using var stream = new ShowStream(show, new ShowStreamOptions { VideoCodecs = [Vp8Codec.Default, _codec] });
        var receiver = new Taker(RawCodec.CodecName);
        Run(stream, receiver, 50);
        stream.RequestKeyFrame();
        Run(stream, receiver, 50);

        Assert.Equal(50, receiver.Pictures.Count);
        Assert.Equal([0, 25], receiver.KeyFrames());
        byte[]? decoded = null;
        Assert.All(receiver.Pictures, picture => Assert.True(string.Equals(picture.Codec, RawCodec.CodecName, StringComparison.Ordinal) && RawCodec.TryDecode(picture.Bytes, ref decoded)));
        var last = new I420Picture(96, 96);
        show.DrawAs(show.LastDrawn, speaking: true, last);
        Assert.Equal(RawCodec.Sample(last), decoded);
        Assert.Equal(1, _codec.Made);
    }

    [Fact]
    public void A_loop_in_another_codec_is_not_sent_and_one_in_the_same_is()
    {
        var show = new ScriptedShow(s_format, s_loop);
        using var stream = new ShowStream(show, new ShowStreamOptions { VideoCodecs = [_codec, Vp8Codec.Default] });
        var receiver = new Taker(RawCodec.CodecName);
        Run(stream, receiver, 20);
        Assert.Equal(0, stream.Statistics.LoopPictures);
        Assert.All(receiver.Pictures, static picture => Assert.Equal(RawCodec.CodecName, picture.Codec));

        var (portrait, token) = (new DrawnPortrait(s_format, 20), TestContext.Current.CancellationToken);
        show.IdleLoop = EncodedLoopBuilder.Build(s_format, 20, 5, 800_000, (index, picture) => portrait.Draw(index, 0, picture), _codec, token);
        EncodedLoopBuilder.AddThinner(show.IdleLoop, s_format, 800_000, (index, picture) => portrait.Draw(index, 0, picture), _codec, token);
        Assert.Equal([RawCodec.CodecName, RawCodec.CodecName], [show.IdleLoop.Codec, show.IdleLoop.Thinner!.Codec]);
        Assert.False(show.IdleLoop.HasSpares);
        Assert.Throws<ArgumentException>(() => EncodedLoopBuilder.AddThinner(s_loop, s_format, 800_000, static (_, _) => { }, _codec, token));
        Assert.True(EncodedLoopFile.TryRead(EncodedLoopFile.Write(show.IdleLoop), out var read));
        Assert.Equal([RawCodec.CodecName, RawCodec.CodecName], [read.Codec, read.Thinner!.Codec]);

        Run(stream, receiver, 40);
        Assert.True(stream.Statistics.LoopPictures >= 15);
        byte[]? decoded = null;
        Assert.All(receiver.Pictures, picture => Assert.True(RawCodec.TryDecode(picture.Bytes, ref decoded)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_comes_next_and_takes_another_one_gets_that_from_a_key_frame_on(bool isSpeaking)
    {
        var show = new ScriptedShow(s_format, s_loop) { IsSpeaking = isSpeaking };
        using var stream = new ShowStream(show, new ShowStreamOptions { VideoCodecs = [Vp8Codec.Default, _codec] });
        var (first, second, third) = (new Taker(null), new Taker(RawCodec.CodecName), new Taker("VP8"));
        Run(stream, first, 14);
        Run(stream, second, 14);
        Run(stream, third, 14);
        Assert.All(first.Pictures, static picture => Assert.Equal("VP8", picture.Codec));
        Assert.All(second.Pictures, static picture => Assert.Equal(RawCodec.CodecName, picture.Codec));
        Assert.All(third.Pictures, static picture => Assert.Equal("VP8", picture.Codec));
        Assert.True(first.Pictures[0].IsKeyFrame && second.Pictures[0].IsKeyFrame && third.Pictures[0].IsKeyFrame);
        using var decoder = new Vp8Decoder();
        Assert.All(third.Pictures, picture => Assert.True(decoder.TryDecode(picture.Bytes, out _)));
    }

    [Fact]
    public void Where_there_is_no_encoder_for_it_there_is_sound_alone()
    {
        using var stream = new ShowStream(new ScriptedShow(s_format, s_loop) { IsSpeaking = true });
        var receiver = new Taker(RawCodec.CodecName);
        stream.Begin(new MediaTick(_tick), receiver);
        Run(stream, receiver, 30);
        Assert.Empty(receiver.Pictures);
        Assert.Equal(30, receiver.Sounds);
    }

    private void Run(ShowStream stream, Taker receiver, int ticks)
    {
        for (var end = _tick + ticks; _tick < end; _tick++)
        {
            stream.Tick(new MediaTick(_tick), receiver);
        }
    }

    private sealed class Taker(string? codec) : IMediaSink
    {
        public List<(string Codec, byte[] Bytes, bool IsKeyFrame)> Pictures { get; } = [];

        public int Sounds { get; private set; }

        public string? VideoCodec => codec;

        public IEnumerable<int> KeyFrames() => Enumerable.Range(0, Pictures.Count).Where(i => Pictures[i].IsKeyFrame);

        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place) => Sounds++;

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => Pictures.Add((picture.Codec, picture.Bytes.ToArray(), picture.IsKeyFrame));
    }
}
