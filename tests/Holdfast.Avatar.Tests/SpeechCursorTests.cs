using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>The listener's place in a row of speech, by itself.</summary>
public sealed class SpeechCursorTests
{
    private readonly SpeechRing _ring = new(capacity: 16);
    private readonly SpeechCursor _cursor;
    private long _places;

    public SpeechCursorTests() => _cursor = new SpeechCursor(_ring);

    [Fact]
    public void What_was_taken_waits_no_more_and_is_kept_until_it_is_released()
    {
        Append("a", blocks: 3);
        Assert.Equal(["Start a", "1", "2"], TakeUpTo(3));
        Assert.Equal((2, 3), (_cursor.Waiting, _cursor.Kept));

        _cursor.Release(place: 3 + SpeechPauses.MaxBack);
        Assert.Equal((2, 0), (_cursor.Waiting, _cursor.Kept));
    }

    [Fact]
    public void Going_back_hands_out_sound_again_and_no_mark()
    {
        Append("a", blocks: 2);
        Append("b", blocks: 2);
        TakeUpTo(8);
        Assert.Equal(1, _cursor.Rewind(1)!.Value.Place);
        Assert.Equal(["1", "2", "3", "4"], TakeUpTo(8));
    }

    [Fact]
    public void What_is_dropped_is_the_utterance_that_was_gone_back_to_not_the_one_that_had_begun()
    {
        Append("a", blocks: 4);
        Append("b", blocks: 4);
        TakeUpTo(8);
        _cursor.Rewind(2);
        TakeUpTo(1);
        Assert.Equal("a", _cursor.Drop());
        Assert.Equal(["5", "6", "7", "8", "End b"], TakeUpTo(9));
    }

    [Fact]
    public void After_a_restart_what_comes_next_is_the_first()
    {
        Append("a", blocks: 2);
        TakeUpTo(2);
        _ring.Empty();
        _cursor.Restart();
        Append("b", blocks: 1);
        Assert.Null(_cursor.Rewind(1));
        Assert.Equal(["Start b", "3", "End b"], TakeUpTo(9));
    }

    private void Append(string id, int blocks)
    {
        _ring.Append(new SpeechBlock(SpeechBlockKind.Start, null, default, 0, id, null));
        for (var i = 0; i < blocks; i++)
        {
            _ring.Append(new SpeechBlock(SpeechBlockKind.Sound, SamplePool.Rent(), default, 0, id, null)
            {
                Place = ++_places,
                Offset = i,
                Level = 8_000,
            });
        }

        _ring.Append(new SpeechBlock(SpeechBlockKind.End, null, default, 0, id, null));
    }

    private List<string> TakeUpTo(int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && _cursor.TryTake(out var block))
        {
            taken.Add(block.Kind == SpeechBlockKind.Sound ? $"{block.Place}" : $"{block.Kind} {block.UtteranceId}");
        }

        return taken;
    }
}
