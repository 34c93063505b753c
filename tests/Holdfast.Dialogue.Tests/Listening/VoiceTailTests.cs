using Holdfast.Speech;

namespace Holdfast.Dialogue.Tests.Listening;

/// <summary>Where a voice ended: the silence that ends a turn is counted from there.</summary>
public sealed class VoiceTailTests
{
    private const int Frame = HearingFormat.FrameSamples;

    [Fact]
    public void A_voice_that_ends_inside_of_a_frame_ends_there_though_the_frames_behind_it_are_called_voice_for_a_moment()
    {
        var end = End(Tone(3 * Frame, 8_000), Tone(200, 8_000), Tone((3 * Frame) - 200, 10));

        Assert.InRange(end, (3 * Frame) + 200, (3 * Frame) + 264);
    }

    [Fact]
    public void Who_goes_on_very_quietly_behind_a_knock_is_heard() => Assert.Equal(30 * Frame, End(Tone(Frame, 32_000), Tone(29 * Frame, 100)));

    [Fact]
    public void Where_noise_hides_the_end_of_a_voice_it_is_where_the_frames_say() => Assert.Equal(6 * Frame, End(Tone(3 * Frame, 8_000), Tone(3 * Frame, 400)));

    [Fact]
    public void What_is_not_called_voice_changes_nothing()
    {
        var tail = new VoiceTail();

        Assert.Equal(Frame, tail.UpTo(Tone(Frame, 8_000), isVoiced: true, before: 0, Frame));
        Assert.Equal(Frame, tail.UpTo(Tone(Frame, 8_000), isVoiced: false, before: Frame, 2 * Frame));
    }

    /// <summary>Where a speech ends all of whose frames are called voice.</summary>
    private static int End(params short[][] parts)
    {
        var (tail, end, length) = (new VoiceTail(), 0, 0);
        foreach (var frame in parts.SelectMany(static part => part).Chunk(Frame))
        {
            length += frame.Length;
            end = tail.UpTo(frame, isVoiced: true, end, length);
        }

        return end;
    }

    private static short[] Tone(int samples, int height) => [.. Enumerable.Range(0, samples).Select(i => (short)(height * Math.Sin(i * 0.4)))];
}
