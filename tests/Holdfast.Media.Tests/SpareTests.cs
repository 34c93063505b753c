namespace Holdfast.Media.Tests;

/// <summary>Pictures of an idle loop that no other depends on: a machine with little time leaves them out.</summary>
public sealed class SpareTests
{
    private const int LoopLength = 20;
    private const int KeyFrameInterval = 10;
    private static readonly VideoFormat s_format = new(96, 96, 25);
    private static readonly EncodedLoop s_loop = DrawnPortrait.Loop(s_format, LoopLength, KeyFrameInterval);

    [Fact]
    public void What_is_left_out_changes_nothing_in_the_pictures_that_are_not()
    {
        // Large enough that something is learnt from each picture for the next.
        var loop = DrawnPortrait.Loop(new VideoFormat(320, 320, 25), LoopLength, KeyFrameInterval);
        using var all = new Vp8Decoder();
        using var fewer = new Vp8Decoder();
        for (var i = 0; i < LoopLength; i++)
        {
            Assert.Equal(i % 2 != 0, loop.IsSpare(i));
            Assert.True(all.TryDecode(loop[i], out var picture));
            if (!loop.IsSpare(i))
            {
                Assert.True(fewer.TryDecode(loop[i], out var same));
                Assert.True(picture.Data.SequenceEqual(same.Data), $"picture {i}");
            }
        }
    }

    [Fact]
    public void Those_who_idle_give_way_at_once_and_get_all_of_it_at_once_again_without_a_key_frame_more()
    {
        using var stream = new ShowStream(new ScriptedShow(s_format, s_loop));
        var receiver = new Receiver();
        for (var tick = 0; tick < 4 * 2 * LoopLength; tick++)
        {
            // From the middle of the loop on, and up to the middle of another round.
            stream.Tick(new MediaTick(tick) { Thrift = tick is >= 26 and < 114 ? 1 : 0 }, receiver);
        }

        var ticks = receiver.Pictures.Select(picture => (int)(picture.MediaTime / MediaTick.Duration)).ToArray();
        Assert.Equal(Enumerable.Range(0, 80).Where(place => place is < 13 or >= 57 || place % 2 == 0).Select(place => place * 2), ticks);
        Assert.Equal(8, receiver.Pictures.Count(picture => picture.IsKeyFrame));
        Assert.Equal(80 - ticks.Length, stream.Statistics.PicturesLeftOut);
        Assert.Equal(Holdfast.Media.PictureQuality.Full, stream.Statistics.Quality);
        using var decoder = new Vp8Decoder();
        using var sent = new Vp8Decoder();
        for (var (place, next) = (0, 0); place < 80; place++)
        {
            Assert.True(decoder.TryDecode(s_loop[place], out var expected));
            if (next < ticks.Length && ticks[next] == place * 2)
            {
                Assert.True(sent.TryDecode(receiver.Pictures[next++].Vp8, out var picture));
                Assert.True(picture.Data.SequenceEqual(expected.Data), $"place {place}");
            }
        }
    }

    [Fact]
    public void Who_asks_for_a_key_frame_is_not_kept_waiting()
    {
        using var stream = new ShowStream(new ScriptedShow(s_format, s_loop));
        var receiver = new Receiver();
        for (var tick = 0; tick < 20; tick++)
        {
            if (tick == 5)
            {
                stream.RequestKeyFrame();
            }

            stream.Tick(new MediaTick(tick) { Thrift = 1 }, receiver);
        }

        Assert.Equal([0, 4, 6, 10, 14, 18], receiver.Pictures.Select(picture => (int)(picture.MediaTime / MediaTick.Duration)));
        Assert.Equal([0, 6], receiver.Pictures.Where(picture => picture.IsKeyFrame).Select(picture => (int)(picture.MediaTime / MediaTick.Duration)));
    }
}
