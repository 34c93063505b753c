using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>An avatar that looks and sounds otherwise while it runs, and one that speaks a recording.</summary>
public sealed class AdjustingTests
{
    private readonly Diary _diary = new();
    private readonly short[] _pcm = new short[SoundFormat.SamplesPerFrame];

    [Fact]
    public async Task Another_voice_speaks_from_the_next_sentence_on_and_another_face_is_seen_from_the_next_picture_on()
    {
        var asked = new List<string?>();
        using var voice = new AskedVoice(options => asked.Add(options?.VoiceId));
        AvatarStage[] stages = [new(Character.All[0], 128), new(Character.All[1], 128)];
        await using var show = new AvatarShow(
            stages[0], voice, new AvatarOptions { RunAheadSeconds = 1 }, _diary, NullLogger.Instance,
            stages: name => stages.Single(stage => string.Equals(stage.Name, name, StringComparison.Ordinal)));
        var (before, after) = (new I420Picture(128, 128), new I420Picture(128, 128));
        show.Draw(0, before);

        show.Say(new Utterance("a", "First sentence. Second sentence."));
        await HearAsync(show, blocks: 20);
        show.Adjust(new ShowAdjustment { Name = stages[1].Name, Voice = "mine/own" });
        show.Draw(0, after);
        Assert.False(before.Data.SequenceEqual(after.Data));
        await HearUntilAsync(show, "Finished a");
        Assert.Equal([stages[0].Voice, "mine/own"], asked);

        // A face without a word about its voice keeps the one that was asked for.
        show.Adjust(new ShowAdjustment { Name = stages[0].Name });
        show.Say(new Utterance("b", "Third."));
        await HearUntilAsync(show, "Finished b");
        Assert.Equal("mine/own", asked[^1]);
        Assert.Throws<InvalidOperationException>(() => show.Adjust(new ShowAdjustment { Name = "nobody" }));
        foreach (var stage in stages)
        {
            stage.Dispose();
        }
    }

    [Fact]
    public async Task A_faster_voice_is_asked_for_and_the_avatars_own_voice_comes_back()
    {
        var asked = new List<TextToSpeechOptions?>();
        using var voice = new AskedVoice(options => asked.Add(options));
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions { RunAheadSeconds = 1 }, _diary, NullLogger.Instance);
        show.Adjust(new ShowAdjustment { Voice = "mine/own", Speed = 1.5f, Pitch = 0.8f });
        show.Say(new Utterance("a", "First."));
        await HearUntilAsync(show, "Finished a");
        Assert.Equal(("mine/own", 1.5f, 0.8f), (asked[^1]?.VoiceId, asked[^1]?.Speed, asked[^1]?.Pitch));

        show.Adjust(new ShowAdjustment { Voice = ShowAdjustment.OwnVoice });
        show.Say(new Utterance("b", "Second."));
        await HearUntilAsync(show, "Finished b");
        Assert.Equal((Character.All[0].Voice, 1.5f), (asked[^1]?.VoiceId, asked[^1]?.Speed));
    }

    [Fact]
    public async Task A_text_is_read_and_spoken_in_the_language_that_it_carries_whatever_was_said_before_it()
    {
        var asked = new List<string?>();
        using var voice = new AskedVoice(options => asked.Add(options?.Language));
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions { RunAheadSeconds = 1 }, _diary, NullLogger.Instance);
        string?[] languages = ["und-Hani", "zh-CN", "de", "und-Latn", null];
        for (var i = 0; i < languages.Length; i++)
        {
            show.Say(new Utterance($"u{i}", "30%") { Language = languages[i] });
            await HearUntilAsync(show, $"Finished u{i}");
        }

        // A voice that nothing is known of is told the language, and reads its numbers by itself.
        Assert.Equal(["百分之三十", "百分之三十", "30%", "thirty percent", "thirty percent"], voice.Texts.Select(static text => text.Trim()), StringComparer.Ordinal);
        Assert.Equal([null, "zh-CN", "de", null, null], asked);
    }

    [Fact]
    public async Task A_German_avatar_leaves_its_numbers_to_the_German_voice_and_an_English_voice_gets_English_words()
    {
        using var house = House.With(new SpeechOptions());
        using var voice = new AskedVoice(static _ => { }, house);
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions { RunAheadSeconds = 1 }, _diary, NullLogger.Instance);
        await SayAsync("a");
        show.Adjust(new ShowAdjustment { Voice = "flite/slt" });
        await SayAsync("b");
        Assert.Equal(["30%", "Es sind 30%.", "thirty percent", "Es sind thirty percent."], voice.Texts.Select(static text => text.Trim()), StringComparer.Ordinal);

        async Task SayAsync(string id)
        {
            show.Say(new Utterance(id + "1", "30%") { Language = "de" });
            show.Say(new Utterance(id + "2", "Es sind 30%.") { Language = "de" });
            await HearUntilAsync(show, $"Finished {id}2");
        }
    }

    [Fact]
    public async Task A_recording_is_heard_to_the_last_sample_with_lips_and_waits_its_turn()
    {
        var recording = await Espeak.SayAsync("A recording of somebody else, who has much to say about it.");
        using var voice = ScriptedVoice.OfTones(200);
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions(), _diary, NullLogger.Instance);
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("a", "Before it.")));
        Assert.Equal(SayResult.Accepted, show.Say(new Utterance("b", string.Empty) { Sound = recording }));
        await HearUntilAsync(show, "Finished a");

        var (heard, open) = (new List<short>(), 0f);
        while (!_diary.Has("Finished b"))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (show.ReadAudio(_pcm))
            {
                heard.AddRange(_pcm);
                open = MathF.Max(open, show.Motion.Apply(default).Mouth.Open);
            }
            else
            {
                await Task.Yield();
            }
        }

        Assert.Equal(recording, heard[..recording.Length]);
        Assert.True(heard.Count - recording.Length < SoundFormat.SamplesPerFrame);
        Assert.InRange(open, 0.3f, 2f);
        Assert.Equal(
            ["started a", "Finished a", "started b", "Finished b"], _diary.Lines.Where(line => !line.StartsWith("word", StringComparison.Ordinal)),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Recordings_that_wait_are_bounded()
    {
        using var voice = ScriptedVoice.OfTones(200);
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions(), _diary, NullLogger.Instance);
        var minute = new short[60 * SoundFormat.SampleRate];
        var accepted = Enumerable.Range(0, 10).Count(i => show.Say(new Utterance($"u{i}", string.Empty) { Sound = minute }) == SayResult.Accepted);
        Assert.InRange(accepted, 2, 4);
    }

    [Fact]
    public async Task A_voice_that_falls_back_is_told_once_for_an_utterance()
    {
        using var voice = new ScriptedVoice((_, _) => Fallen());
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions(), _diary, NullLogger.Instance);
        show.Say(new Utterance("a", "One. Two. Three."));
        await HearUntilAsync(show, "Finished a");
        Assert.Single(_diary.Lines, line => line is "fell back a: mine VoiceTooSlow");

        static async IAsyncEnumerable<TextToSpeechResponseUpdate> Fallen()
        {
            yield return new TextToSpeechResponseUpdate([new VoiceFellBack("mine", UtteranceFault.VoiceTooSlow)]);
            await Task.Yield();
            yield return ScriptedVoice.Tone(100);
        }
    }

    private async Task HearAsync(AvatarShow show, int blocks)
    {
        while (blocks > 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (show.ReadAudio(_pcm))
            {
                blocks--;
            }
            else
            {
                await Task.Yield();
            }
        }
    }

    private async Task HearUntilAsync(AvatarShow show, string line)
    {
        while (!_diary.Has(line))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (!show.ReadAudio(_pcm))
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Tells what it is asked for.</summary>
    private sealed class AskedVoice(Action<TextToSpeechOptions?> asked, IVoiceCatalogue? catalogue = null) : ITextToSpeechClient
    {
        private readonly ScriptedVoice _tones = ScriptedVoice.OfTones(1_500);

        public IReadOnlyList<string> Texts => [.. _tones.Asked];

        public Task<TextToSpeechResponse> GetAudioAsync(string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
            string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
        {
            asked(options);
            return _tones.GetStreamingAudioAsync(text, options, cancellationToken);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(IVoiceCatalogue) ? catalogue : null;

        public void Dispose() => _tones.Dispose();
    }
}
