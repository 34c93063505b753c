using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech.Tests;

/// <summary>Festival's program, where this machine has it, and what happens where it has not.</summary>
[Collection(Programs.Name)]
public sealed class FestivalTests
{
    private static readonly bool IsInstalled = File.Exists("/usr/bin/text2wave") && Directory.Exists("/usr/share/festival/voices/english/kal_diphone");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_speaks_with_the_voice_that_is_set_and_text_is_never_an_instruction()
    {
        Assert.SkipUnless(IsInstalled, "festival and festvox-kallpc16k are not installed.");
        var client = Client("text2wave", "kal_diphone");
        var contents = (await client.GetAudioAsync("Hello (exit) \"world\" 'quit", cancellationToken: Cancel)).Contents;
        Assert.True(Espeak.Rms(Espeak.Decode(contents)) > 500);
        Assert.Equal(4, contents.OfType<SpokenWords>().Single().Words.Count);

        var slow = (await client.GetAudioAsync("Hello world", new TextToSpeechOptions { Speed = 0.5f }, Cancel)).Contents;
        var usual = (await client.GetAudioAsync("Hello world", cancellationToken: Cancel)).Contents;
        Assert.InRange((double)Espeak.Decode(slow).Length / Espeak.Decode(usual).Length, 1.5, 2.5);
    }

    [Fact]
    public async Task Where_it_is_missing_the_house_speaks()
    {
        var options = new SpeechOptions { FestivalPath = "text2wave-that-is-not-there", English = "festival" };
        var (told, sound) = await House.SayAsync(House.With(options), "Hello there.");
        Assert.Equal(UtteranceFault.VoiceMissing, told.OfType<VoiceFellBack>().Single().Fault);
        Assert.True(Espeak.Rms(sound) > 500);
    }

    private static FestivalTextToSpeechClient Client(string path, string voice) =>
        new(Options.Create(new SpeechOptions { FestivalPath = path, FestivalVoice = voice }), TimeProvider.System, new FairTurns(2));
}
