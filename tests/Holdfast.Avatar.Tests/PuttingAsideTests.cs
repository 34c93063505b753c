using CsCheck;
using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;

namespace Holdfast.Avatar.Tests;

/// <summary>Speech that waits in a file while nobody is there, and all that can happen meanwhile. Nothing here is a matter of time.</summary>
public sealed class PuttingAsideTests : IDisposable
{
    private readonly StoreByHand _hand = new();
    private readonly SpeechQueue _queue;
    private readonly SpeechQueue _other = new(capacity: 200);

    public PuttingAsideTests() => _queue = new SpeechQueue(capacity: 200, _hand.Store);

    public void Dispose()
    {
        _queue.Clear();
        _hand.Dispose();
    }

    [Fact]
    public void What_comes_back_is_what_was_put_aside_to_the_last_sample()
    {
        Fill("a", 150);
        Fill("b", 90);
        Assert.Equal(Take(_other, 70), Take(_queue, 70));
        _queue.PutAside();
        _hand.DoAll();
        Assert.Equal("File", _queue.State);
        Assert.Equal((_other.Count, 0), (_queue.Count, _queue.Kept));
        Assert.Empty(Take(_queue, 10));

        Assert.False(_queue.TakeBack());
        Assert.Empty(Take(_queue, 10));
        _hand.DoAll();
        Assert.True(_queue.TakeBack());
        Assert.Equal(_other.Rewind(60), _queue.Rewind(60));
        Assert.Equal(Take(_other, 1_000), Take(_queue, 1_000));
        Assert.Equal(0, _hand.OpenFiles);
    }

    /// <summary>A server that stops asks where a held session is, and nobody reads its file for that.</summary>
    [Fact]
    public void Where_a_place_is_in_its_text_is_known_as_well_while_the_speech_is_in_the_file()
    {
        Fill("a", 120);
        Fill("b", 90);
        Assert.Equal(Take(_other, 130), Take(_queue, 130));
        var places = Enumerable.Range(0, 230).ToArray();
        var before = places.Select(place => _other.MarkOf(place)).ToArray();
        _queue.PutAside();
        _hand.DoAll();
        Assert.Equal("File", _queue.State);

        Assert.Equal(before, places.Select(place => _queue.MarkOf(place)));
        Assert.True(before.Distinct().Count() > 200, "A mark for each place, not the same for all.");

        _queue.TakeBack();
        _hand.DoAll();
        Assert.Equal(before, places.Select(place => _queue.MarkOf(place)));
    }

    /// <summary>
    /// Killed after its last sound was handed out and before its end was, an utterance is not over: without a mark all of it would be said again.
    /// </summary>
    [Fact]
    public void An_utterance_of_which_only_the_end_is_left_has_its_mark_there()
    {
        Fill("a", 120);
        Fill("b", 90);
        Take(_queue, 1 + 120);

        foreach (var place in new[] { 0, 121, 150 })
        {
            var mark = Assert.IsType<SpeechMark>(_queue.MarkOf(place));
            Assert.Equal(("a", SoundFormat.FrameDuration * 120), (mark.UtteranceId, mark.Offset));
            Assert.InRange(mark.SinceWord, SoundFormat.FrameDuration, SoundFormat.FrameDuration * 20);
        }

        // Its end was handed out: what is next is the beginning of another.
        Take(_queue, 1);
        Assert.Null(_queue.MarkOf(0));

        Take(_queue, 1 + 90);
        Assert.Equal(("b", SoundFormat.FrameDuration * 90), (_queue.MarkOf(0)?.UtteranceId, _queue.MarkOf(0)?.Offset));
    }

    [Fact]
    public void The_file_has_no_name_and_is_closed_when_the_speech_is_not_wanted_any_more()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc tells what is open");
        Fill("a", 100);
        _queue.PutAside();
        _hand.DoAll();
        Assert.Equal(1, _hand.OpenFiles);
        Assert.Empty(Directory.GetFiles(_hand.Directory));
        _queue.Clear();
        Assert.Equal(("Memory", 0), (_queue.State, _hand.OpenFiles));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Who_comes_back_while_it_is_being_written_waits_for_nothing(int steps)
    {
        Fill("a", 100);
        Take(_queue, 50);
        Take(_other, 50);
        _queue.PutAside();
        Repeat(steps, () => _hand.Step());
        Assert.Equal("Leaving", _queue.State);
        Assert.True(_queue.TakeBack());
        Assert.Equal(_other.Rewind(40), _queue.Rewind(40));
        Assert.Equal(Take(_other, 20), Take(_queue, 20));
        _hand.DoAll();
        Assert.Equal(Take(_other, 1_000), Take(_queue, 1_000));
        Assert.Equal(("Memory", 0), (_queue.State, _hand.OpenFiles));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Who_comes_and_goes_while_it_is_being_written_leaves_one_whole_file(int steps)
    {
        Fill("a", 100);
        _queue.PutAside();
        Repeat(steps, () => _hand.Step());
        Assert.True(_queue.TakeBack());
        Assert.Equal(Take(_other, 7), Take(_queue, 7));
        _queue.PutAside();
        Assert.Equal(2, _hand.Pending);

        // The second is done before the first notices that it is not wanted.
        while (_hand.Pending == 2)
        {
            _hand.Step(1);
        }

        _hand.DoAll();
        Assert.Equal(("File", 1), (_queue.State, _hand.OpenFiles));
        Return();
        Assert.Equal(Take(_other, 1_000), Take(_queue, 1_000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Who_goes_again_while_it_is_being_read_finds_it_in_the_file_the_next_time(int steps)
    {
        Fill("a", 100);
        Take(_queue, 30);
        Take(_other, 30);
        _queue.PutAside();
        _hand.DoAll();
        Assert.False(_queue.TakeBack());
        Repeat(steps, () => _hand.Step());
        _queue.PutAside();
        Assert.Equal("File", _queue.State);
        Assert.False(_queue.TakeBack());
        _hand.DoAll();
        Assert.True(_queue.TakeBack());
        Assert.Equal(_other.Rewind(25), _queue.Rewind(25));
        Assert.Equal(Take(_other, 1_000), Take(_queue, 1_000));
        Assert.Equal(0, _hand.OpenFiles);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    public void An_end_while_it_is_on_its_way_leaves_no_file(bool isReturning, int steps)
    {
        Fill("a", 100);
        _queue.PutAside();
        if (isReturning)
        {
            _hand.DoAll();
            _queue.TakeBack();
        }

        Repeat(steps, () => _hand.Step());
        _queue.Clear();
        _hand.DoAll();
        Assert.Equal(("Memory", 0, 0), (_queue.State, _queue.Count, _hand.OpenFiles));
        _queue.TakeBack();
        Assert.Empty(Take(_queue, 10));
    }

    [Fact]
    public async Task A_sentence_that_is_being_made_is_made_to_its_end_and_then_put_aside_whole_and_no_other_is_begun()
    {
        var cancellation = TestContext.Current.CancellationToken;
        _queue.Begin(_queue.Epoch, "a");
        await _queue.WaitForSentenceAsync(_queue.Epoch, cancellation);
        Repeat(250, () => AddSound(_queue, 1));
        var room = _queue.WaitForRoomAsync(cancellation).AsTask();
        Assert.False(room.IsCompleted);
        _queue.PutAside();
        Assert.Equal(("Memory", 0), (_queue.State, _hand.Pending));

        // There is no room, but nobody is there who would make some.
        await room;
        Repeat(50, () => AddSound(_queue, 2));
        var next = _queue.WaitForSentenceAsync(_queue.Epoch, cancellation).AsTask();
        Assert.Equal("Leaving", _queue.State);
        _hand.DoAll();
        Assert.Equal(("File", 300, false), (_queue.State, _queue.Count, next.IsCompleted));
        _queue.TakeBack();
        Assert.False(next.IsCompleted);
        _hand.DoAll();
        Assert.True(_queue.TakeBack());
        Assert.Equal(250, Take(_queue, 250).Count);
        await next;
    }

    [Fact]
    public void Where_there_is_no_room_on_the_disk_it_stays_in_memory_and_that_is_logged_once()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "a device that is always full");
        var logger = new CountingLogger();
        using var hand = new StoreByHand(_ => new SpeechFile(new FileStream("/dev/full", FileMode.Open, FileAccess.ReadWrite)), logger);
        StaysInMemory(hand, logger);
    }

    [Fact]
    public void Where_no_file_can_be_made_it_stays_in_memory_and_that_is_logged_once()
    {
        var file = Path.GetTempFileName();
        var logger = new CountingLogger();
        using var hand = new StoreByHand(_ => SpeechFile.Create(Path.Combine(file, "below-a-file")), logger);
        StaysInMemory(hand, logger);
        File.Delete(file);
    }

    [Fact]
    public void What_cannot_be_read_back_is_told_to_have_failed()
    {
        FileStream? stream = null;
        var logger = new CountingLogger();
        using var hand = new StoreByHand(
            directory =>
            {
                Directory.CreateDirectory(directory);
                stream = new FileStream(Path.Combine(directory, "speech"), FileMode.CreateNew, FileAccess.ReadWrite);
                return new SpeechFile(stream);
            },
            logger);
        var queue = new SpeechQueue(200, hand.Store, owner: "Session 4711");
        Fill(queue, "a", 100);
        Take(queue, 10);
        queue.PutAside();
        hand.DoAll();
        stream!.SetLength(50_000);
        Assert.False(queue.TakeBack());
        hand.DoAll();
        Assert.True(queue.TakeBack());
        Assert.Equal("Failure a", Assert.Single(Take(queue, 100)).Split(',')[0]);

        // Whoever looks for what happened to the session finds this too.
        Assert.StartsWith("Session 4711: ", Assert.Single(logger.Lines), StringComparison.Ordinal);
        Fill(queue, "b", 10);
        Assert.Equal(12, Take(queue, 100).Count);
    }

    [Fact]
    public async Task A_whole_office_that_goes_and_comes_back_at_once_finds_everything()
    {
        var directory = Path.Combine(Path.GetTempPath(), "holdfast-test-" + Path.GetRandomFileName());
        var store = new SpeechStore(directory, new CountingLogger());
        var queues = Enumerable.Range(0, 300).Select(_ => new SpeechQueue(200, store)).ToArray();
        Array.ForEach(queues, queue => Fill(queue, "a", 40));
        Fill(_other, "a", 40);
        var all = Take(_other, 100);
        Array.ForEach(queues, queue => queue.PutAside());
        await UntilAsync(() => queues.All(queue => queue.State is "File"));
        Array.ForEach(queues, queue => queue.TakeBack());
        await UntilAsync(() => queues.All(queue => queue.TakeBack()));
        Assert.All(queues, queue => Assert.Equal(all, Take(queue, 100)));
        Directory.Delete(directory);
    }

    /// <summary>Whatever happens, in whatever order: it is said as if nothing had ever been put aside.</summary>
    [Trait("Speed", "Slow")]
    [Fact]
    public void Nothing_that_happens_changes_what_is_said() => Gen.Select(Gen.Int[0, 7], Gen.Int[0, 60]).Array[1, 60].Sample(things =>
    {
        using var test = new PuttingAsideTests();
        test.Fill("u", 120);
        var isAway = false;
        foreach (var (thing, much) in things)
        {
            switch (thing)
            {
                case 0:
                    test._queue.PutAside();
                    isAway = true;
                    break;
                case 1:
                    isAway = !test._queue.TakeBack();
                    break;
                case 2 or 3:
                    Repeat(much / 8, () => test.StepAny(much));
                    break;
                case 4 when !isAway:
                    Assert.Equal(Take(test._other, much), Take(test._queue, much));
                    break;
                case 5 when !isAway && test._other.Kept > 0:
                    var place = test._places - test._other.Count - much;
                    Assert.Equal(test._other.Rewind(place), test._queue.Rewind(place));
                    break;
                case 6 when !isAway:
                    var heard = Math.Max(1, test._places - test._other.Count - 20);
                    test._queue.Release(heard);
                    test._other.Release(heard);
                    break;
                case 7 when test._other.Count < 200:
                    test.Fill("u" + much, much + 1);
                    break;
                default:
                    break;
            }
        }

        test._queue.TakeBack();
        test._hand.DoAll();
        Assert.True(test._queue.TakeBack());
        Assert.Equal(Take(test._other, 100_000), Take(test._queue, 100_000));
        Assert.Equal(0, test._hand.OpenFiles);
    }, iter: 300, threads: 1);

    private long _places;

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        while (!isTrue())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static void StaysInMemory(StoreByHand hand, CountingLogger logger)
    {
        var queues = Enumerable.Range(0, 20).Select(_ => new SpeechQueue(200, hand.Store)).ToArray();
        foreach (var queue in queues)
        {
            Fill(queue, "a", 100);
            queue.PutAside();
        }

        hand.DoAll();
        var other = new SpeechQueue(200);
        Fill(other, "a", 100);
        var all = Take(other, 1_000);
        Assert.All(queues, queue => Assert.Equal("Memory", queue.State));
        Assert.All(queues, queue => Assert.True(queue.TakeBack()));
        Assert.All(queues, queue => Assert.Equal(all, Take(queue, 1_000)));
        Assert.Equal(1, logger.Count(4003));
    }

    /// <summary>Whichever work is there: several may be, the older ones given up.</summary>
    private void StepAny(int which)
    {
        if (_hand.Pending > 0)
        {
            _hand.Step(which % _hand.Pending);
        }
    }

    private void Return()
    {
        _queue.TakeBack();
        _hand.DoAll();
        Assert.True(_queue.TakeBack());
    }

    private void Fill(string id, int blocks)
    {
        Fill(_queue, id, blocks);
        Fill(_other, id, blocks);
        _places += blocks;
    }

    private static void Fill(SpeechQueue queue, string id, int blocks)
    {
        queue.Begin(queue.Epoch, id);
        queue.Add(queue.Epoch, new SpeechBlock(SpeechBlockKind.Start, null, default, 0, id, null));
        for (var i = 0; i < blocks; i++)
        {
            AddSound(queue, i);
        }

        queue.Add(queue.Epoch, new SpeechBlock(SpeechBlockKind.End, null, default, 0, id, null));
    }

    /// <summary>Samples, mouths and words unlike any other's; every ninth is a pause.</summary>
    private static void AddSound(SpeechQueue queue, int seed)
    {
        short[]? samples = null;
        if (seed % 9 != 0)
        {
            samples = SamplePool.Rent();
            for (var i = 0; i < samples.Length; i++)
            {
                samples[i] = (short)((seed * 7_919) + (i * i * 31));
            }
        }

        var mouth = new MouthShape(seed * 0.001f, 0.1f, 0.2f, 0.3f, 0.4f, seed * 0.003f, 0.5f, 1f / (seed + 1));
        queue.Add(queue.Epoch, new SpeechBlock(
            SpeechBlockKind.Sound, samples, mouth, 1f / (seed + 2), null, null, seed % 5 == 0 ? new TextRange(seed, 3) : default));
    }

    /// <summary>All that is known of each entry that is taken, its samples too.</summary>
    private static List<string> Take(SpeechQueue queue, int count)
    {
        var taken = new List<string>();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        while (taken.Count < count && queue.TryTake(pcm, out var block))
        {
            var samples = new HashCode();
            if (block.Pcm is not null)
            {
                samples.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(pcm.AsSpan()));
            }

            taken.Add($"{block.Kind} {block.UtteranceId},{block.Place},{block.Offset},{block.Level},{block.Mouth},{block.Loudness},"
                + $"{block.Word},{block.Fault},{block.Pcm is null},{samples.ToHashCode()}");
        }

        return taken;
    }
}
