using CsCheck;

namespace Holdfast.Media.Tests;

/// <summary>Where there is more to do than there is time: sound first.</summary>
public sealed class TooMuchToDoTests
{
    private const int LoopLength = 20;
    private const int KeyFrameInterval = 5;
    private static readonly VideoFormat s_format = new(96, 96, 25);
    private static readonly EncodedLoop s_loop = DrawnPortrait.Loop(s_format, LoopLength, KeyFrameInterval);

    private readonly Receiver _receiver = new();

    [Fact]
    public void A_late_tick_has_sound_and_its_picture_comes_with_the_next_that_is_not()
    {
        var show = new ScriptedShow(s_format, loop: null) { IsSpeaking = true };
        using var stream = new ShowStream(show);
        Run(stream, "..L.LL..");

        Assert.Equal(8, _receiver.Sounds.Count);
        Assert.Equal([0, 3, 6], PictureTicks());

        // That of tick 4 was not made before the next was due; that of tick 2 was, a tick later.
        Assert.Equal(1, stream.Statistics.PicturesLeftOut);
        Assert.Equal(3, show.Drawn);
    }

    [Fact]
    public void However_late_it_is_there_are_two_pictures_a_second()
    {
        var show = new ScriptedShow(s_format, loop: null) { IsSpeaking = true };
        using var stream = new ShowStream(show);
        Run(stream, "." + new string('L', 99));

        Assert.Equal(100, _receiver.Sounds.Count);
        Assert.Equal([0, 25, 50, 75], PictureTicks());

        // Of 50 that were due four were made, and the last may still be.
        Assert.Equal(45, stream.Statistics.PicturesLeftOut);
    }

    [Fact]
    public void Who_asks_for_a_key_frame_gets_it_as_soon_as_there_is_time()
    {
        using var stream = new ShowStream(new ScriptedShow(s_format, loop: null) { IsSpeaking = true });
        Run(stream, "....");
        stream.RequestKeyFrame();
        Run(stream, "LLL...");

        Assert.Equal([0, 2, 7, 8], PictureTicks());
        Assert.Equal([true, false, true, false], _receiver.Pictures.Select(picture => picture.IsKeyFrame));
    }

    [Theory]
    [InlineData(0, new[] { 0, 2, 4, 6, 8, 10 })]
    [InlineData(1, new[] { 0, 4, 8 })]
    [InlineData(2, new[] { 0, 6 })]
    public void A_machine_with_little_time_makes_fewer_pictures_and_all_of_the_sound(int thrift, int[] expected)
    {
        using var stream = new ShowStream(new ScriptedShow(s_format, loop: null) { IsSpeaking = true });
        for (var tick = 0; tick < 12; tick++)
        {
            stream.Tick(new MediaTick(tick) { Thrift = thrift }, _receiver);
        }

        Assert.Equal(12, _receiver.Sounds.Count);
        Assert.Equal(expected, PictureTicks());
        Assert.Equal(Holdfast.Media.PictureQuality.Full, stream.Statistics.Quality);
    }

    [Fact]
    public void The_loop_costs_nothing_and_is_always_sent()
    {
        using var stream = new ShowStream(new ScriptedShow(s_format, s_loop));
        Run(stream, new string('L', 100));

        Assert.Equal(50, _receiver.Pictures.Count);
        Assert.Equal(0, stream.Statistics.PicturesLeftOut);
    }

    [Fact]
    public void Words_without_a_picture_of_theirs_leave_no_gap_in_the_loop_that_goes_on_after_them()
    {
        var show = new ScriptedShow(s_format, s_loop);
        using var stream = new ShowStream(show);
        Run(stream, "....");
        show.IsSpeaking = true;
        Run(stream, "LLLLL");
        show.IsSpeaking = false;
        Run(stream, "...");

        Assert.Equal(0, show.Drawn);
        Assert.Equal(2, stream.Statistics.PicturesLeftOut);
        Assert.Equal([true, false, true, false], _receiver.Pictures.Select(picture => picture.IsKeyFrame));
        using var decoder = new Vp8Decoder();
        var expected = new I420Picture(s_format.Width, s_format.Height);
        foreach (var (index, picture) in ((int[])[0, 1, 5, 6]).Zip(_receiver.Pictures))
        {
            Assert.True(decoder.TryDecode(picture.Vp8, out var decoded));
            show.DrawAs(index, speaking: false, expected);
            Assert.InRange(PictureQuality.Psnr(expected, decoded), 40, 100);
        }
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Whatever_is_left_out_all_the_rest_is_decodable_and_the_right_picture()
    {
        var steps = Gen.Select(Gen.Int[1, 25], Gen.Bool, Gen.Bool, Gen.Int[0, 100], Gen.Int[0, 2]).Array[1, 12];
        steps.Sample(
            script =>
            {
                var show = new ScriptedShow(s_format, s_loop);
                using var stream = new ShowStream(show);
                using var decoder = new Vp8Decoder();
                var receiver = new Receiver();
                var expected = new I420Picture(s_format.Width, s_format.Height);
                var tick = 0L;
                foreach (var (ticks, speaking, asks, late, thrift) in script)
                {
                    show.IsSpeaking = speaking;
                    if (asks)
                    {
                        stream.RequestKeyFrame();
                    }

                    for (var i = 0; i < ticks; i++)
                    {
                        var before = receiver.Pictures.Count;
                        stream.Tick(new MediaTick(tick) { IsLate = (tick * 37 + i) % 100 < late, Thrift = thrift }, receiver);
                        tick++;
                        if (receiver.Pictures.Count == before)
                        {
                            continue;
                        }

                        Assert.True(decoder.TryDecode(receiver.Pictures[^1].Vp8, out var decoded));
                        var best = 0.0;
                        for (var index = 0; index < LoopLength; index++)
                        {
                            show.DrawAs(speaking ? show.LastDrawn : index, speaking, expected);
                            best = Math.Max(best, PictureQuality.Psnr(expected, decoded));
                        }

                        Assert.True(best > 28, $"{best:F1} dB at picture {before}");
                    }
                }

                Assert.Equal(tick, receiver.Sounds.Count);
            },
            iter: 60,
            threads: 1);
    }

    /// <summary>One tick for each letter: L is a late one.</summary>
    private void Run(ShowStream stream, string ticks)
    {
        foreach (var letter in ticks)
        {
            stream.Tick(new MediaTick(_receiver.Sounds.Count) { IsLate = letter == 'L' }, _receiver);
        }
    }

    private IEnumerable<int> PictureTicks() => _receiver.Pictures.Select(picture => (int)(picture.MediaTime / MediaTick.Duration));
}
