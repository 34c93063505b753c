using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech.Tests;

/// <summary>A voice like Piper's, on the real ONNX runtime, with a model that is small enough to be read.</summary>
public sealed class PiperTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-piper-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Phonemes_become_the_numbers_of_the_voice_with_pads_between_and_nothing_that_it_does_not_know()
    {
        var voice = PiperVoice.Read(TinyVits.Write(_directory) + ".json");
        static long Of(char symbol) => TinyVits.Symbols.IndexOf(symbol, StringComparison.Ordinal);
        Assert.Equal([1, 0, Of('h'), 0, Of('ə'), 0, Of('l'), 0, Of('.'), 0, 2], voice.NumbersOf("hə☃l."));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_text_becomes_phonemes_and_phonemes_become_sound(bool speakers)
    {
        const string Text = "Hello, wide world. It is 3.14!";
        using var voice = Client(TinyVits.Write(_directory, speakers));
        var contents = (await voice.GetAudioAsync(Text, cancellationToken: Cancel)).Contents;
        var sound = Espeak.Decode(contents);
        Assert.True(Espeak.Rms(sound) > 500);

        // Some twenty phonemes with their pads, each 256 samples at 22,050 a second.
        Assert.InRange(sound.Length / 48_000.0, 0.3, 2);
        Assert.Equal(
            ["Hello", "wide", "world", "It", "is", "3.14"],
            contents.OfType<SpokenWords>().Single().Words.Select(word => Text.Substring(word.Range.Offset, word.Range.Length)),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Speed_is_the_models_own()
    {
        using var voice = Client(TinyVits.Write(_directory));
        var usual = Espeak.Decode((await voice.GetAudioAsync("Hello world", cancellationToken: Cancel)).Contents);
        var fast = Espeak.Decode((await voice.GetAudioAsync("Hello world", new TextToSpeechOptions { Speed = 2 }, Cancel)).Contents);
        Assert.InRange((double)usual.Length / fast.Length, 1.7, 2.3);
    }

    [Fact]
    public async Task A_setting_of_one_path_makes_a_voice_that_can_be_asked_for()
    {
        var options = new SpeechOptions();
        options.Piper["tiny"] = TinyVits.Write(_directory);
        var house = House.With(options);
        Assert.True(house.IsKnown("piper/tiny"));
        Assert.Contains("piper/tiny", house.Voices.Select(voice => voice.Id), StringComparer.Ordinal);
        var (told, sound) = await House.SayAsync(house, "Hello world.", "piper/tiny");
        Assert.Empty(told.OfType<VoiceFellBack>());
        Assert.Empty(told.OfType<SpokenPhonemes>());
        Assert.True(Espeak.Rms(sound) > 500);
    }

    [Fact]
    public async Task A_model_that_is_none_is_a_voice_that_is_missing_and_the_house_speaks()
    {
        var path = TinyVits.Write(_directory);
        await File.WriteAllTextAsync(path, "no model at all", Cancel);
        var options = new SpeechOptions();
        options.Piper["tiny"] = path;
        var (told, sound) = await House.SayAsync(House.With(options), "Hello world.", "piper/tiny");
        Assert.Equal(UtteranceFault.VoiceMissing, told.OfType<VoiceFellBack>().Single().Fault);
        Assert.True(Espeak.Rms(sound) > 500);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"audio":{"sample_rate":0},"phoneme_id_map":{"^":[1],"$":[2]}}""")]
    [InlineData("""{"audio":{"sample_rate":22050},"phoneme_id_map":{"a":[1]}}""")]
    public async Task Settings_that_say_nothing_of_use_are_refused(string json)
    {
        var path = TinyVits.Write(_directory);
        await File.WriteAllTextAsync(path + ".json", json, Cancel);
        Assert.Throws<SpeechException>(() => PiperVoice.Read(path + ".json"));
    }

    [Fact]
    public void A_file_that_is_not_there_stops_the_start_with_its_name()
    {
        var options = new SpeechOptions();
        options.Piper["gone"] = "/nowhere/gone.onnx";
        var result = new SpeechServicesValidator().Validate(name: null, options);
        Assert.True(result.Failed);
        Assert.Contains("/nowhere/gone.onnx", result.FailureMessage, StringComparison.Ordinal);
    }

    private static PiperTextToSpeechClient Client(string path) =>
        new(path, Options.Create(new SpeechOptions()), TimeProvider.System, new FairTurns(2));
}
