using CsCheck;
using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>Speech that can be taken again.</summary>
public sealed class SpeechQueueTests
{
    private readonly SpeechQueue _queue = new(capacity: 200);
    private readonly short[] _pcm = new short[SoundFormat.SamplesPerFrame];
    private readonly List<string> _told = [];

    [Fact]
    public void Every_block_has_a_place_that_it_keeps()
    {
        Fill("a", Words(20, 20));
        Assert.Equal(Range(1, 30), Take(30));
        var point = _queue.Rewind(28);
        Assert.Equal("a", point!.Value.UtteranceId);
        Assert.Equal(Range(point.Value.Place, 46), Take(100));
    }

    [Fact]
    public void It_goes_back_to_the_pause_before_the_word()
    {
        // Words at 1-20, 27-46 and 53-72, with pauses of 120 ms between them.
        Fill("a", Words(20, 20, 20));
        Take(70);
        var point = _queue.Rewind(65);
        Assert.Equal(50, point!.Value.Place);
        Assert.Equal(TimeSpan.FromMilliseconds(49 * 20), point.Value.Offset);
        Assert.Equal(50, Take(1)[0]);
    }

    [Fact]
    public void What_was_interrupted_while_it_was_said_again_goes_back_to_the_same_pause()
    {
        Fill("a", Words(20, 20, 20));
        Take(70);
        Assert.Equal(50, _queue.Rewind(65)!.Value.Place);
        Assert.Equal(Range(50, 54), Take(5));
        Assert.Equal(50, _queue.Rewind(65)!.Value.Place);
        Assert.Equal(50, _queue.Rewind(65)!.Value.Place);
        Assert.Equal(Range(50, 72), Take(100));
    }

    [Fact]
    public void A_word_of_which_all_was_heard_that_was_said_is_said_from_its_beginning()
    {
        Fill("a", Words(20, 20));
        Fill("b", Words(20));
        Take(35);
        Assert.Equal(24, _queue.Rewind(36)!.Value.Place);
        Assert.Equal(Range(24, 46), Take(23));
        Assert.Null(_queue.Rewind(47));
        Assert.Equal(Range(47, 66), Take(100));
    }

    [Fact]
    public void What_was_not_heard_in_a_pause_begins_there()
    {
        Fill("a", Words(20, 20));
        Take(40);
        Assert.Equal(22, _queue.Rewind(24)!.Value.Place);
    }

    [Fact]
    public void A_consonants_closure_is_no_pause()
    {
        Fill("a", [.. Words(20), .. Pause(6), .. Words(8), .. Pause(2), .. Words(8)]);
        Take(44);
        Assert.Equal(24, _queue.Rewind(42)!.Value.Place);
    }

    [Fact]
    public void The_beginning_of_an_utterance_is_as_good_as_a_pause_and_nothing_before_it_is_repeated()
    {
        Fill("a", Words(30));
        Fill("b", Words(40));
        Take(65);
        var point = _queue.Rewind(60);
        Assert.Equal((31, "b", TimeSpan.Zero), (point!.Value.Place, point.Value.UtteranceId, point.Value.Offset));
    }

    [Fact]
    public void Where_there_is_no_pause_it_goes_back_at_most_1200_ms_to_the_quietest_moment()
    {
        Fill("a", [.. Words(100), Loud(2_500), .. Words(99)]);
        Take(160);
        Assert.Equal(101, _queue.Rewind(150)!.Value.Place);
        Take(150);
        Assert.InRange(_queue.Rewind(190)!.Value.Place, 130, 190);
    }

    [Fact]
    public void Marks_are_told_once()
    {
        Fill("a", Words(20));
        Fill("b", Words(20));
        Take(40);
        _queue.Rewind(1);
        Assert.Equal(Range(1, 40), Take(100));
        Assert.Equal(["Start a", "End a", "Start b", "End b"], _told);
    }

    [Fact]
    public void What_was_released_is_forgotten_but_for_what_going_back_may_need()
    {
        Fill("a", Words(180));
        Take(180);
        _queue.Release(150);
        Assert.InRange(_queue.Kept, 90, 92);
        Assert.Equal(90, _queue.Rewind(20)!.Value.Place);
        Take(200);
        _queue.Release(181);
        Assert.Equal(0, _queue.Kept);
        Assert.Null(_queue.Rewind(100));
    }

    [Fact]
    public void What_is_never_released_is_bounded()
    {
        for (var i = 0; i < 40; i++)
        {
            Fill("a", Words(100));
            Take(100);
        }

        Assert.InRange(_queue.Kept, 900, 1_002);
        Assert.InRange(_queue.Rewind(1)!.Value.Place, 3_000, 3_101);
    }

    [Fact]
    public void An_interruption_leaves_nothing_to_go_back_to()
    {
        Fill("a", Words(20));
        Take(10);
        SamplePool.Return(_queue.Clear());
        Assert.Null(_queue.Rewind(1));
        Assert.Empty(Take(10));
        Assert.Equal(0, _queue.Kept);
    }

    [Fact]
    public void A_dropped_utterance_says_nothing_more_and_the_next_is_said()
    {
        Fill("a", Words(30));
        Fill("b", Words(10));
        Take(12);
        Assert.Equal("a", _queue.DropUtterance());
        Assert.Equal(Range(31, 40), Take(100));
        Assert.Equal(["Start a", "Start b", "End b"], _told);
        Assert.Null(_queue.DropUtterance());
    }

    [Fact]
    public async Task A_dropped_utterance_that_is_still_being_made_is_not_made_to_its_end()
    {
        _queue.Begin(_queue.Epoch, "a");
        Add(Mark(SpeechBlockKind.Start, "a"));
        Add(Loud(8_000));
        Take(1);
        Assert.Equal("a", _queue.DropUtterance());
        Assert.False(_queue.Add(_queue.Epoch, Loud(8_000)));
        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await _queue.WaitForRoomAsync(TestContext.Current.CancellationToken));
        Fill("b", Words(10));
        Assert.Equal(10, Take(100).Count);
    }

    [Fact]
    public void Nothing_is_dropped_where_nothing_is_being_said()
    {
        Fill("a", Words(10));
        Assert.Null(_queue.DropUtterance());
        Assert.Equal(10, Take(100).Count);
        Assert.Null(_queue.DropUtterance());
    }

    /// <summary>However often it goes back, and to wherever: what is taken goes on without a gap, at or before the place asked for.</summary>
    [Fact]
    public void Going_back_leaves_no_gap() => Gen.Select(Gen.Int[1, 80], Gen.Int[0, 120], Gen.Bool).Array[1, 30].Sample(steps =>
    {
        var test = new SpeechQueueTests();
        for (var i = 0; i < 8; i++)
        {
            test.Fill("u" + i, Words(20 + i, 9, 31));
        }

        var (next, released) = (1L, 1L);
        foreach (var (take, back, releases) in steps)
        {
            foreach (var place in test.Take(take))
            {
                Assert.Equal(next++, place);
            }

            var unheard = Math.Max(released, next - back);
            if (releases)
            {
                test._queue.Release(released = unheard);
            }

            if (test._queue.Rewind(unheard) is { } point)
            {
                Assert.InRange(point.Place, Math.Max(1, unheard - 60), unheard);
                next = point.Place;
            }
        }

        test.Take(2_000);
        Assert.Equal(8, test._told.Count(told => told.StartsWith("Start", StringComparison.Ordinal)));
        Assert.Equal(8, test._told.Count(told => told.StartsWith("End", StringComparison.Ordinal)));
    }, iter: 100);

    private static IEnumerable<long> Range(long from, long to) => Enumerable.Range((int)from, (int)(to - from + 1)).Select(i => (long)i);

    /// <summary>Words of so many blocks, with 120 ms between them.</summary>
    private static SpeechBlock[] Words(params int[] lengths) =>
        [.. lengths.SelectMany((length, i) => (i == 0 ? [] : Pause(6)).Concat(Enumerable.Range(0, length).Select(_ => Loud(8_000))))];

    private static SpeechBlock[] Pause(int blocks) => [.. Enumerable.Range(0, blocks).Select(i => i % 2 == 0 ? Loud(60) : Loud(0))];

    private static SpeechBlock Loud(int level)
    {
        var samples = SamplePool.Rent();
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(i % 2 == 0 ? level : -level);
        }

        return new SpeechBlock(SpeechBlockKind.Sound, level == 0 ? null : samples, default, 0, null, null);
    }

    private static SpeechBlock Mark(SpeechBlockKind kind, string id) => new(kind, null, default, 0, id, null);

    private void Fill(string id, SpeechBlock[] blocks)
    {
        _queue.Begin(_queue.Epoch, id);
        Add(Mark(SpeechBlockKind.Start, id));
        foreach (var block in blocks)
        {
            Add(block);
        }

        Add(Mark(SpeechBlockKind.End, id));
    }

    private void Add(SpeechBlock block) => Assert.True(_queue.Add(_queue.Epoch, block));

    /// <summary>Takes so many blocks of sound, and the marks after them.</summary>
    private List<long> Take(int blocks)
    {
        var places = new List<long>();
        while (places.Count < blocks && _queue.TryTake(_pcm, out var block))
        {
            Note(block, places);
        }

        while (_queue.TryTakeMark(out var mark))
        {
            Note(mark, places);
        }

        return places;
    }

    private void Note(SpeechBlock block, List<long> places)
    {
        if (block.Kind == SpeechBlockKind.Sound)
        {
            places.Add(block.Place);
        }
        else
        {
            _told.Add($"{block.Kind} {block.UtteranceId}");
        }
    }
}
