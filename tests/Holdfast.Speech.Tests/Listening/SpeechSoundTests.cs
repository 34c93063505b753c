namespace Holdfast.Speech.Tests.Listening;

/// <summary>What a person says stays in the order of their own time, whatever of it is missing and whenever it comes.</summary>
public sealed class SpeechSoundTests
{
    private const int Second = HearingFormat.SampleRate;

    [Theory]
    [InlineData(1_600, 1_600)]
    [InlineData(Second, Second)]
    [InlineData(30 * Second, Second)] // a recogniser needs no more
    [InlineData(null, 4_800)]
    public void A_hole_keeps_the_words_on_its_sides_apart(int? samples, int silence)
    {
        var sound = Sound(1, samples, 2);

        Assert.Equal(Pieces((1, 100), (0, silence), (2, 100)), sound.Span.ToArray());
        Assert.Equal((100, silence, samples), sound.Holes.Select(static hole => (hole.Start, hole.Silence, hole.Samples)).Single());
        Assert.Equal(silence, sound.MissingAfter(100));
        Assert.Equal(0, sound.MissingAfter(101));
    }

    [Fact]
    public void What_was_missing_takes_the_place_of_its_silence_and_moves_what_comes_after()
    {
        var sound = Sound(1, 2_000, 2);
        sound.Miss(30 * Second);
        sound.Append(Pieces((3, 100)));
        var (first, second) = (sound.Holes[0].Id, sound.Holes[1].Id);

        Assert.Equal((100, 300 - 2_000), sound.Fill(first, Pieces((7, 300))));
        Assert.Equal((500, 0 - Second), sound.Fill(second, []));
        Assert.Null(sound.Fill(first, Pieces((8, 300))));

        Assert.Equal(Pieces((1, 100), (7, 300), (2, 100), (3, 100)), sound.Span.ToArray());
        Assert.Empty(sound.Holes);
    }

    [Fact]
    public void Where_sound_goes_on_without_a_gap_an_outage_took_nothing()
    {
        var sound = Sound(1, 2_000, 2);
        sound.Open();
        sound.Open();
        Assert.Equal(2, sound.Holes.Count);

        sound.Append(Pieces((3, 100)));

        Assert.Single(sound.Holes);
    }

    [Fact]
    public void An_outage_from_which_nothing_came_yet_gets_its_length_when_something_does()
    {
        var sound = Sound(1, 2_000, 2);
        sound.Open();
        var id = sound.Holes[1].Id;

        sound.Miss(5_000);

        Assert.Equal((id, 5_000, false), (sound.Holes[1].Id, sound.Holes[1].Samples!.Value, sound.Holes[1].IsOpen));
    }

    [Fact]
    public void Whatever_comes_it_has_its_bound()
    {
        var sound = new SpeechSound(longest: 5_000);
        for (var i = 0; i < 1_000; i++)
        {
            sound.Append(Pieces((1, 10)));
            sound.Miss(i);
        }

        sound.Fill(sound.Holes[0].Id, new short[60_000]);
        sound.Precede(new short[60_000]);

        Assert.Equal(5_000, sound.Length);
        Assert.InRange(sound.Holes.Count, 1, 64);
    }

    private static SpeechSound Sound(short before, int? missing, short after)
    {
        var sound = new SpeechSound(60 * Second);
        sound.Append(Pieces((before, 100)));
        sound.Miss(missing);
        sound.Append(Pieces((after, 100)));
        return sound;
    }

    private static short[] Pieces(params (short Value, int Count)[] pieces) =>
        [.. pieces.SelectMany(static piece => Enumerable.Repeat(piece.Value, piece.Count))];
}
