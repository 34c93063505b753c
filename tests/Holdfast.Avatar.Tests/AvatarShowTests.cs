using System.Runtime.CompilerServices;
using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

public sealed class AvatarShowTests
{
    private readonly short[] _pcm = new short[SoundFormat.SamplesPerFrame];
    private readonly Diary _diary = new();

    [Fact]
    public async Task Utterances_are_said_in_order_and_told()
    {
        await using var show = Make(ScriptedVoice.OfTones(300));
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("a", "One. Two.")));
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("b", "Three.")));
        var sound = await HearAllAsync(show, "Finished b");
        Assert.Equal(["started a", "Finished a", "started b", "Finished b"], _diary.Lines);

        // Three tones of 300 ms; between the two sentences a pause that is no sound.
        Assert.InRange(sound, 45, 48);
    }

    [Fact]
    public async Task A_real_voice_is_heard_and_moves_the_lips()
    {
        await using var show = Make(Espeak.Client());
        show.Say(new Utterance("a", "Hello, I am here. 你好。"));
        var open = 0f;
        var sound = await HearAllAsync(show, "Finished a", () => open = Math.Max(open, Mouth(show)));
        Assert.InRange(sound, 60, 250);
        Assert.True(open > 0.5f);
    }

    [Fact]
    public async Task The_mouth_comes_back_to_the_idle_pose_exactly()
    {
        await using var show = Make(ScriptedVoice.OfTones(400));
        var idle = Picture(show, 7);
        Assert.Equal(0, Mouth(show));
        show.Say(new Utterance("a", "One."));
        var moved = false;
        await HearAllAsync(show, "Finished a", () => moved |= !Picture(show, 7).AsSpan().SequenceEqual(idle));
        Assert.True(moved);
        for (var i = 0; i < 60 && !Quiet(show); i++)
        {
            Assert.False(show.ReadAudio(_pcm));
        }

        Assert.True(Quiet(show), "a second after the last sound the show is idle");
        Assert.True(Picture(show, 7).AsSpan().SequenceEqual(idle));
    }

    [Fact]
    public async Task A_thinking_show_looks_away_until_it_speaks_and_then_rests_again()
    {
        await using var show = Make(ScriptedVoice.OfTones(400));
        var idle = Picture(show, 7);
        show.Attend(Attention.Thinking);
        for (var i = 0; i < 40; i++)
        {
            Assert.False(show.ReadAudio(_pcm));
        }

        Assert.False(show.IsIdle);
        Assert.False(Picture(show, 7).AsSpan().SequenceEqual(idle));
        show.Say(new Utterance("a", "One."));
        await HearAllAsync(show, "Finished a");
        show.Attend(Attention.None);
        for (var i = 0; i < 60; i++)
        {
            Assert.False(show.ReadAudio(_pcm));
        }

        Assert.True(Picture(show, 7).AsSpan().SequenceEqual(idle));
    }

    [Fact]
    public async Task The_last_step_back_to_idle_cannot_be_seen()
    {
        await using var show = Make(Espeak.Client());
        show.Say(new Utterance("a", "Wow! Amazing!"));
        byte[] before = [];

        // A reader that is faster than the voice may find the show at rest as soon as it hears of the end.
        await HearAllAsync(show, "Finished a", KeepPicture);
        for (var i = 0; i < 100 && !Quiet(show); i++)
        {
            show.ReadAudio(_pcm);
            KeepPicture();
        }

        Assert.True(Quiet(show));
        var after = Picture(show, 3);
        Assert.True(Enumerable.Range(0, after.Length).Max(i => Math.Abs(after[i] - before[i])) <= 24);
        Assert.True(Enumerable.Range(0, after.Length).Average(i => Math.Abs(after[i] - before[i])) < 0.05);

        void KeepPicture() => before = Quiet(show) ? before : Picture(show, 3);
    }

    [Fact]
    public async Task An_interruption_stops_within_the_same_tick_without_a_click()
    {
        await using var show = Make(ScriptedVoice.OfTones(3000));
        show.Say(new Utterance("a", "One."));
        show.Say(new Utterance("b", "Two."));
        await HearUntilAsync(show, "started a");
        for (var i = 0; i < 5; i++)
        {
            await ReadSoundAsync(show);
        }

        await MadeAheadAsync(show, 1);
        var last = _pcm[^1];
        Assert.Equal(2, show.Interrupt());
        Assert.True(show.ReadAudio(_pcm));
        Assert.InRange(Math.Abs(_pcm[0] - last), 0, 700);
        Assert.True(Espeak.Rms(_pcm.AsSpan(0, 120)) > 1000);
        Assert.All(_pcm[240..], sample => Assert.Equal(0, sample));
        for (var i = 1; i < 250; i++)
        {
            Assert.InRange(Math.Abs(_pcm[i] - _pcm[i - 1]), 0, 700);
        }

        Assert.False(show.ReadAudio(_pcm));
        Assert.Equal(["started a", "Interrupted a", "Interrupted b"], _diary.Lines);
        Assert.Equal(0, show.Interrupt());
    }

    [Fact]
    public async Task An_interruption_cancels_speech_that_is_still_being_made()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var voice = new ScriptedVoice((text, token) => text.StartsWith("Never", StringComparison.Ordinal) ? Never(token) : Now());
        await using var show = Make(voice);
        show.Say(new Utterance("a", "Never."));
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, show.Interrupt());
        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        show.Say(new Utterance("b", "Now."));
        await HearAllAsync(show, "Finished b");
        Assert.Equal(["Interrupted a", "started b", "Finished b"], _diary.Lines);

        async IAsyncEnumerable<TextToSpeechResponseUpdate> Never([EnumeratorCancellation] CancellationToken token)
        {
            asked.TrySetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(token);
            }
            finally
            {
                cancelled.TrySetResult();
            }

            yield break;
        }

        static async IAsyncEnumerable<TextToSpeechResponseUpdate> Now()
        {
            await Task.CompletedTask;
            yield return ScriptedVoice.Tone(100);
        }
    }

    [Fact]
    public async Task What_is_too_much_or_nothing_is_refused()
    {
        await using var show = Make(ScriptedVoice.OfTones(3000), options =>
        {
            options.MaxUtterances = 3;
            options.MaxWaitingText = 100;
        });
        Assert.Equal(SayResult.NothingToSay, show.Say(new Utterance("x", " ... !")));
        Assert.Equal(SayResult.QueueFull, show.Say(new Utterance("x", new string('a', 101))));
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("a", new string('a', 80))));
        Assert.Equal(SayResult.QueueFull, show.Say(new Utterance("x", new string('a', 21))));
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("b", "b")));
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("c", "c")));
        Assert.Equal(SayResult.QueueFull, show.Say(new Utterance("x", "x")));
        Assert.Equal(3, show.Interrupt());
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("d", "d")));
    }

    [Fact]
    public async Task Speech_is_made_only_so_far_ahead()
    {
        var voice = ScriptedVoice.OfTones(900);
        await using var show = Make(voice, options => options.RunAheadSeconds = 1);
        show.Say(new Utterance("a", "One. Two. Three. Four. Five. Six. Seven."));
        await HearUntilAsync(show, "started a");

        // While nothing is read, at most what fits in a second and the sentence that filled it was asked for.
        int asked;
        lock (voice.Asked)
        {
            asked = voice.Asked.Count;
        }

        Assert.InRange(asked, 1, 3);
        await HearAllAsync(show, "Finished a");
        Assert.Equal(7, voice.Asked.Count);
    }

    [Fact]
    public async Task Interrupting_after_its_end_stops_nothing_and_fails_nothing()
    {
        var show = Make(ScriptedVoice.OfTones(300));
        show.Say(new Utterance("a", "One."));
        await show.DisposeAsync();
        Assert.Equal(0, show.Interrupt());
        await show.DisposeAsync();
        Assert.Equal(["Interrupted a"], _diary.Lines);
    }

    [Fact]
    public async Task A_failure_is_told_by_its_kind_and_the_next_text_is_said()
    {
        var voice = new ScriptedVoice((text, _) => text.StartsWith("Bad", StringComparison.Ordinal) ? Bad() : Good());
        await using var show = Make(voice);
        show.Say(new Utterance("a", "Bad."));
        show.Say(new Utterance("b", "Good."));
        await HearAllAsync(show, "Finished b");
        Assert.Equal(["failed a: VoiceFailed", "started b", "Finished b"], _diary.Lines);

        static async IAsyncEnumerable<TextToSpeechResponseUpdate> Bad()
        {
            await Task.CompletedTask;
            yield return new TextToSpeechResponseUpdate([new ErrorContent("The voice is hoarse today.")]);
        }

        static async IAsyncEnumerable<TextToSpeechResponseUpdate> Good()
        {
            await Task.CompletedTask;
            yield return ScriptedVoice.Tone(100);
        }
    }

    [Fact]
    public async Task That_there_is_no_voice_is_told_without_naming_a_program()
    {
        await using var show = Make(Espeak.Client(options => options.EspeakPath = "espeak-ng-that-is-not-there"));
        show.Say(new Utterance("a", "Hello."));
        while (_diary.Lines.Count == 0)
        {
            show.ReadAudio(_pcm);
            await Task.Yield();
        }

        Assert.Equal("failed a: VoiceMissing", Assert.Single(_diary.Lines));
        Assert.Equal(0, show.Interrupt());
    }

    [Fact]
    public async Task Reading_sound_allocates_nothing()
    {
        await using var show = Make(ScriptedVoice.OfTones(2500));
        show.Say(new Utterance("a", "One."));
        await HearUntilAsync(show, "started a");
        for (var i = 0; i < 40; i++)
        {
            await ReadSoundAsync(show);
        }

        // The voice may be slower than the reader for a moment: then the reader hears nothing, which must cost nothing either.
        long allocated = 0;
        for (var sounds = 0; sounds < 60;)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var sounded = show.ReadAudio(_pcm);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            if (sounded)
            {
                sounds++;
            }
            else
            {
                await Task.Yield();
            }
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task When_the_making_of_speech_itself_fails_all_that_waits_is_told_and_the_next_text_is_said()
    {
        var log = new ThrowingLog();
        var voice = new ScriptedVoice((text, _) => text.StartsWith("Bad", StringComparison.Ordinal) ? throw new IOException("No voice.") : Tone());
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions(), _diary, log);
        show.Say(new Utterance("a", "Bad."));
        show.Say(new Utterance("b", "Behind it."));
        while (!_diary.Has("failed a: Other") || !(_diary.Has("failed b: Other") || _diary.Has("Finished b")))
        {
            show.ReadAudio(_pcm);
            await Task.Yield();
        }

        log.Throws = false;
        show.Say(new Utterance("c", "Good."));
        await HearAllAsync(show, "Finished c");

        static async IAsyncEnumerable<TextToSpeechResponseUpdate> Tone()
        {
            await Task.CompletedTask;
            yield return ScriptedVoice.Tone(100);
        }
    }

    [Fact]
    public async Task A_show_that_is_let_go_while_it_speaks_ends_its_work()
    {
        var show = Make(ScriptedVoice.OfTones(60_000));
        show.Say(new Utterance("a", "One."));
        await HearUntilAsync(show, "started a");
        await show.DisposeAsync();
        Assert.True(_diary.Has("Interrupted a"));
        Assert.Throws<ObjectDisposedException>(() => show.Say(new Utterance("b", "Two.")));
    }

    [Fact]
    public async Task A_real_voice_goes_back_to_a_pause_between_its_words_with_sound_and_lips_together()
    {
        await using var show = Make(Espeak.Client(), options => options.RunAheadSeconds = 20);
        show.Say(new Utterance("a", "One, two, three, four, five, six, seven, eight."));
        var heard = new List<(long Place, float Level, float Mouth)>();
        await HearAllAsync(show, "Finished a", Note);

        // From every place it goes back to somewhere quiet, or to the beginning, and never further than 1.2 s.
        var loudest = heard.Max(block => block.Level);
        foreach (var place in Enumerable.Range(20, 100).Select(i => (long)i))
        {
            ReadOn();
            var point = show.Rewind(place)!.Value;
            Assert.InRange(point.Place, place - 60, place);
            Assert.True(point.Place == 1 || heard[(int)point.Place - 1].Level < loudest / 10);
            Assert.Equal(SoundFormat.FrameDuration * (point.Place - 1), point.Offset);
        }

        // What it says again is what it said, and its end is told once.
        var first = heard.ToArray();
        heard.Clear();
        ReadOn();
        var start = show.Rewind(70)!.Value.Place;
        while (show.Waiting > 0)
        {
            show.ReadAudio(_pcm);
            Note();
        }

        Assert.Equal(first.Skip((int)start), heard.Skip(1));
        Assert.Equal("started a,Finished a", string.Join(',', _diary.Lines.Where(line => !line.StartsWith("word ", StringComparison.Ordinal))));

        void ReadOn()
        {
            while (show.Waiting > 0)
            {
                show.ReadAudio(_pcm);
            }
        }

        void Note()
        {
            if (show.Place > 0)
            {
                heard.Add((show.Place, SpeechPauses.LevelOf(_pcm), Mouth(show)));
            }
        }
    }

    [Fact]
    public async Task A_dropped_utterance_ends_at_once_and_the_next_is_said()
    {
        await using var show = Make(ScriptedVoice.OfTones(5_000));
        show.Say(new Utterance("a", "One."));
        show.Say(new Utterance("b", "Two."));
        await HearUntilAsync(show, "started a");
        await ReadSoundAsync(show);
        Assert.Equal("a", show.DropUtterance());
        await HearUntilAsync(show, "started b");
        Assert.Equal(["started a", "Dropped a", "started b"], _diary.Lines);
        Assert.Equal(1, show.Interrupt());
    }

    private AvatarShow Make(ITextToSpeechClient voice, Action<AvatarOptions>? configure = null)
    {
        var options = new AvatarOptions();
        configure?.Invoke(options);
        return new AvatarShow(new AvatarStage(Character.All[0], 128), voice, options, _diary, NullLogger.Instance);
    }

    private static bool Quiet(AvatarShow show) => show.Motion.IsIdle;

    private static float Mouth(AvatarShow show) => show.Motion.Apply(default).Mouth.Open;

    private static byte[] Picture(AvatarShow show, long index)
    {
        var picture = new I420Picture(128, 128);
        show.Draw(index, picture);
        return picture.Data.ToArray();
    }

    /// <summary>Reads as fast as it comes, until the diary has a line; counts the ticks with sound.</summary>
    private async Task<int> HearAllAsync(AvatarShow show, string line, Action? each = null)
    {
        var sound = 0;
        while (!_diary.Has(line))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (show.ReadAudio(_pcm))
            {
                sound++;
            }
            else
            {
                await Task.Yield();
            }

            each?.Invoke();
        }

        return sound;
    }

    private async Task HearUntilAsync(AvatarShow show, string line) => await HearAllAsync(show, line);

    private async Task ReadSoundAsync(AvatarShow show)
    {
        while (!show.ReadAudio(_pcm))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A test reads faster than speech is made; what follows needs some of it made ahead.</summary>
    private static async Task MadeAheadAsync(AvatarShow show, int blocks)
    {
        while (show.Waiting < blocks)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class ThrowingLog : ILogger
    {
        public bool Throws { get; set; } = true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Throws)
            {
                throw new IOException("The log's disk is full.");
            }
        }
    }
}
