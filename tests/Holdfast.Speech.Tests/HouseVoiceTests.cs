using System.Diagnostics;
using System.Runtime.CompilerServices;
using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Speech.Tests;

/// <summary>Who speaks, and who does in their place.</summary>
public sealed class HouseVoiceTests
{
    [Fact]
    public async Task By_setting_English_is_spoken_by_flite_and_everything_else_by_espeak_with_words_at_their_places()
    {
        const string Text = "我在用 Holdfast 说话。 And now in English.";
        var (told, sound) = await House.SayAsync(House.With(new SpeechOptions { English = "flite" }), Text);
        Assert.InRange(sound.Length / 48_000.0, 2, 8);
        Assert.Equal(2, told.OfType<SpokenPhonemes>().Count());
        Assert.Equal(
            ["我", "在", "用", "Holdfast", "说", "话", "And", "now", "in", "English"],
            told.OfType<SpokenWords>().SelectMany(spoken => spoken.Words).Select(word => Text.Substring(word.Range.Offset, word.Range.Length)),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_setting_gives_English_to_another()
    {
        var (told, sound) = await House.SayAsync(House.With(new SpeechOptions { English = "espeak" }), "Hello there.");
        Assert.Empty(told.OfType<SpokenPhonemes>());
        Assert.NotEmpty(sound);
    }

    [Fact]
    public async Task A_voice_that_is_asked_for_by_name_speaks_the_whole_sentence()
    {
        var own = ScriptedVoice.OfTones(300);
        var (told, sound) = await House.SayAsync(House.With(new SpeechOptions { English = "flite" }, engines: House.Engine("mine", own)), "Hello 你好.", "mine/one");
        Assert.Equal(["Hello 你好."], own.Asked);
        Assert.Empty(told);
        Assert.InRange(sound.Length, 48 * 295, 48 * 305);
    }

    [Fact]
    public async Task One_that_fails_is_replaced_by_the_house_and_left_alone_for_a_while()
    {
        var time = new FakeTimeProvider();
        var failing = new ScriptedVoice((_, _) => throw new InvalidOperationException("Secret words of a service."));
        var house = House.With(new SpeechOptions { English = "flite" }, time, House.Engine("mine", failing));
        for (var i = 0; i < 3; i++)
        {
            var (told, sound) = await House.SayAsync(house, "Hello there.", "mine/one");
            var fallen = Assert.Single(told.OfType<VoiceFellBack>());
            Assert.Equal(("mine", UtteranceFault.VoiceFailed), (fallen.Voice, fallen.Fault));
            Assert.True(Espeak.Rms(sound) > 500);
        }

        Assert.Single(failing.Asked);
        time.Advance(TimeSpan.FromMinutes(1));
        await House.SayAsync(house, "Hello there.", "mine/one");
        Assert.Equal(2, failing.Asked.Count);
    }

    [Fact]
    public async Task One_that_breaks_off_in_the_middle_is_replaced_from_the_beginning_of_the_sentence()
    {
        var (told, sound) = await House.SayAsync(
            House.With(new SpeechOptions { English = "flite" }, engines: House.Engine("mine", new ScriptedVoice((_, _) => Half()))), "Hello there, all of you.", "mine/one");
        Assert.Single(told.OfType<VoiceFellBack>());
        Assert.Equal(5, told.OfType<SpokenWords>().Single().Words.Count);
        Assert.True(sound.Length > 48_000);

        static async IAsyncEnumerable<TextToSpeechResponseUpdate> Half()
        {
            yield return ScriptedVoice.Tone(100);
            await Task.Yield();
            throw new IOException("gone");
        }
    }

    [Fact]
    public async Task One_that_gives_no_sound_in_time_is_replaced_even_if_it_does_not_listen()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var house = House.With(new SpeechOptions { FirstSoundSeconds = 3, English = "flite", TimeoutSeconds = 120 }, time, House.Engine("mine", new ScriptedVoice((_, _) => Never())));
        var saying = House.SayAsync(house, "Hello there.", "mine/one");
        await asked.Task;
        while (!saying.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var (told, sound) = await saying;
        Assert.Equal(UtteranceFault.VoiceTooSlow, Assert.Single(told.OfType<VoiceFellBack>()).Fault);
        Assert.True(Espeak.Rms(sound) > 500);
        never.SetResult();

        async IAsyncEnumerable<TextToSpeechResponseUpdate> Never()
        {
            asked.SetResult();
            await never.Task;
            yield return ScriptedVoice.Tone(10);
        }
    }

    [Fact]
    public async Task Who_gives_up_waits_for_nobody()
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var house = House.With(new SpeechOptions { English = "flite" }, engines: House.Engine("mine", new ScriptedVoice((_, token) => Waiting(token))));
        var saying = Task.Run(async () =>
        {
            await foreach (var _ in house.GetStreamingAudioAsync("Hello.", new TextToSpeechOptions { VoiceId = "mine/one" }, given.Token))
            {
                Assert.Fail("Nothing was to come.");
            }
        }, TestContext.Current.CancellationToken);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saying);

        static async IAsyncEnumerable<TextToSpeechResponseUpdate> Waiting([EnumeratorCancellation] CancellationToken token)
        {
            await Task.Delay(Timeout.Infinite, token);
            yield break;
        }
    }

    [Theory]
    [InlineData("de", "female", "espeak")]
    [InlineData("de-AT", "male", "espeak")]
    [InlineData("no", null, "espeak")]
    [InlineData("de", "flite/slt", "flite")]
    [InlineData("en-GB", "female", "flite")]
    [InlineData("zh", "female", "flite")]
    [InlineData(null, "female", "flite")]
    public async Task Latin_letters_are_spoken_by_who_speaks_the_language_unless_a_voice_is_asked_for_by_name(string? language, string? voice, string engine)
    {
        var (told, _) = await House.SayAsync(House.With(new SpeechOptions { English = "flite" }), "Guten Tag.", voice, language);
        Assert.Equal(engine is "flite", told.OfType<SpokenPhonemes>().Any());
        Assert.Empty(told.OfType<VoiceFellBack>());
    }

    [Fact]
    public async Task German_sounds_other_than_English_and_Chinese_characters_stay_Chinese()
    {
        var house = House.With(new SpeechOptions { English = "espeak" });
        var (_, english) = await House.SayAsync(house, "Ich heiße Jürgen.", "female");
        var (_, german) = await House.SayAsync(house, "Ich heiße Jürgen.", "female", "de");
        var (_, byName) = await House.SayAsync(house, "Ich heiße Jürgen.", "espeak/female", "de");
        Assert.NotEqual(english, german);
        Assert.Equal(german, byName);

        var (_, plain) = await House.SayAsync(house, "你好。", "female");
        var (_, ofGerman) = await House.SayAsync(house, "你好。", "female", "de");
        Assert.Equal(plain, ofGerman);
    }

    [Fact]
    public async Task A_voice_of_the_settings_that_is_known_for_a_language_speaks_it_and_the_house_where_that_fails()
    {
        var own = new ScriptedVoice((text, _) => text.StartsWith("Schlecht", StringComparison.Ordinal) ? throw new InvalidOperationException() : ScriptedVoice.One(300));
        var house = House.With(
            new SpeechOptions { English = "flite" }, engines: new VoiceEngine("mine", own, [new VoiceDescription("mine/anna", "mine", ["de-DE"])]) { IsBounded = true, TakesAllScripts = true });
        await House.SayAsync(house, "Guten Tag. 你好。", "female", "de-AT");
        Assert.Equal(["Guten Tag."], own.Asked);
        Assert.Equal("anna", own.Options?.VoiceId);

        var (told, sound) = await House.SayAsync(house, "Schlechtes Wetter.", "male", "de");
        Assert.Equal("mine", Assert.Single(told.OfType<VoiceFellBack>()).Voice);
        Assert.Empty(told.OfType<SpokenPhonemes>());
        Assert.NotEmpty(sound);
        Assert.Equal(("de", null), (house.LanguageOf("female", "de"), house.LanguageOf("flite/slt", "de")));
    }

    [Fact]
    public async Task A_language_that_no_voice_speaks_is_read_as_English_and_that_is_told()
    {
        var house = House.With(new SpeechOptions { English = "flite" });
        var (told, _) = await House.SayAsync(house, "Hello there.", "female", "tlh");
        Assert.NotEmpty(told.OfType<SpokenPhonemes>());
        var fallen = Assert.Single(told.OfType<VoiceFellBack>());
        Assert.Equal(("espeak", UtteranceFault.VoiceMissing), (fallen.Voice, fallen.Fault));
        Assert.Null(house.LanguageOf("female", "tlh"));

        // What is in another script, or has a voice of its own, lacks nothing.
        Assert.Empty((await House.SayAsync(house, "你好。", "female", "tlh")).Told.OfType<VoiceFellBack>());
        Assert.Empty((await House.SayAsync(house, "Hello.", "flite/slt", "tlh")).Told.OfType<VoiceFellBack>());
    }

    [Fact]
    public async Task What_is_spoken_is_below_what_it_belongs_to_and_not_below_whatever_is_current()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is SpeechDiagnostics.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var older = new Activity("older").Start();
        var turn = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var house = House.With(new SpeechOptions(), engines: House.Engine("traced", ScriptedVoice.OfTones(10)));
        foreach (var trace in new[] { turn, default })
        {
            await foreach (var _ in house.GetStreamingAudioAsync("One. Two.", VoiceRequest.For(this, "traced/one", trace: trace), TestContext.Current.CancellationToken))
            {
                Assert.Same(older, Activity.Current);
            }
        }

        var made = spans.Where(static span => span.GetTagItem("holdfast.voice") is "traced").ToArray();
        Assert.Equal([turn.SpanId, turn.SpanId, default, default], made.Select(static span => span.ParentSpanId));
        Assert.DoesNotContain(made, span => span.TraceId == older.TraceId);
    }

    [Theory]
    [InlineData("30%", null)]
    [InlineData("Hello 30%", "und-Latn")]
    [InlineData("你好，30%", "und-Hani")]
    [InlineData("Привет", "und-Cyrl")]
    [InlineData("こんにちは", "und-Jpan")]
    public void A_text_tells_by_its_letters_what_it_is_in(string text, string? tag)
    {
        Assert.Equal(tag, LanguageTag.Of(text));
        Assert.Null(LanguageTag.Known(LanguageTag.Of(text)));
    }

    [Theory]
    [InlineData("female", true)]
    [InlineData("flite/slt", true)]
    [InlineData("flite/RMS", true)]
    [InlineData("flite/nosuch", false)]
    [InlineData("espeak", true)]
    [InlineData("espeak/female", true)]
    [InlineData("espeak/de", true)]
    [InlineData("espeak/en-gb+f3", true)]
    [InlineData("espeak/nosuch", false)]
    [InlineData("espeak/de+nosuch", false)]
    [InlineData("espeak/de+f3+f3", false)]
    [InlineData("espeak/../de", false)]
    [InlineData("mine/one", true)]
    [InlineData("mine/whatever it has", true)]
    [InlineData("mine", true)]
    [InlineData("theirs/one", false)]
    [InlineData("mine/", false)]
    [InlineData("", false)]
    public void Voices_are_known_by_their_engines(string id, bool known) =>
        Assert.Equal(known, House.With(new SpeechOptions { English = "flite" }, engines: House.Engine("mine", ScriptedVoice.OfTones(10))).IsKnown(id));

    [Fact]
    public void The_list_of_voices_has_those_of_every_engine() => Assert.Equal(
        ["female", "male", "flite/slt", "flite/rms", "mine/one"],
        House.With(new SpeechOptions { English = "flite" }, engines: House.Engine("mine", ScriptedVoice.OfTones(10))).Voices.Select(voice => voice.Id),
        StringComparer.Ordinal);
}
