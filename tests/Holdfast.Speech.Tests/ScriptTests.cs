using Microsoft.Extensions.AI;

namespace Holdfast.Speech.Tests;

public sealed class ScriptTests
{
    [Theory]
    [InlineData("Hello, world 3!", "Latin:Hello, world 3!")]
    [InlineData("你好，我是 Holdfast 的数字人。", "Han:你好，我是|Latin:Holdfast|Han:的数字人。")]
    [InlineData("私は東京にいます。", "Kana:私は東京にいます。")]
    [InlineData("안녕하세요. Привет! مرحبا", "Hangul:안녕하세요.|Cyrillic:Привет!|Arabic:مرحبا")]
    [InlineData("123", "Common:123")]
    [InlineData("*Hi* 😀 there", "Latin:Hi     there")]
    [InlineData("😀", "")]
    public void A_text_is_cut_where_its_script_changes(string text, string runs) =>
        Assert.Equal(runs, string.Join('|', ScriptRuns.Split(text).Select(run => $"{run.Script}:{run.Text}")));

    [Theory]
    [InlineData("你好，我是 Holdfast 的数字人。")]
    [InlineData("*Hi* 😀 there 私は東京に 😀😀 Привет! مرحبا")]
    public void Each_run_says_where_it_is_in_the_text(string text)
    {
        foreach (var run in ScriptRuns.Split(text))
        {
            var source = text.Substring(run.Offset, run.Text.Length);
            Assert.All(run.Text.Zip(source), pair => Assert.True(pair.First == pair.Second || pair.First == ' ', $"{run.Text} is not {source}"));
        }
    }

    [Theory]
    [InlineData(nameof(Script.Latin), null, "female", "en-us+f3")]
    [InlineData(nameof(Script.Latin), null, "male", "en-us+m3")]
    [InlineData(nameof(Script.Latin), "de-DE", "male", "de+m3")]
    [InlineData(nameof(Script.Latin), "zh-CN", "female", "en-us+f3")]
    [InlineData(nameof(Script.Han), null, null, "cmn-latn-pinyin+f2")]
    [InlineData(nameof(Script.Han), "en", "male", "cmn-latn-pinyin+m3")]
    [InlineData(nameof(Script.Kana), null, "male", "ja+m3")]
    [InlineData(nameof(Script.Cyrillic), "uk", "female", "uk+f3")]
    [InlineData(nameof(Script.Han), null, "cmn+steph", "cmn+steph")]
    [InlineData(nameof(Script.Latin), null, "--path=/tmp; rm", "pathtmprm")]
    public void The_voice_follows_script_language_and_character(string script, string? language, string? voice, string name) =>
        Assert.Equal(name, EspeakVoice.Choose(Enum.Parse<Script>(script), new TextToSpeechOptions { Language = language, VoiceId = voice }, 160).Name);

    [Fact]
    public void Speed_and_pitch_are_factors_that_stay_in_bounds()
    {
        var usual = EspeakVoice.Choose(Script.Latin, null, 160);
        var fast = EspeakVoice.Choose(Script.Latin, new TextToSpeechOptions { Speed = 1.5f, Pitch = 1.2f }, 160);
        var wild = EspeakVoice.Choose(Script.Latin, new TextToSpeechOptions { Speed = 100, Pitch = 100, Volume = 100 }, 160);
        Assert.Equal(160, usual.Rate);
        Assert.Equal(240, fast.Rate);
        Assert.True(fast.Pitch > usual.Pitch);
        Assert.Equal((450, 99, 200), (wild.Rate, wild.Pitch, wild.Amplitude));
    }
}
