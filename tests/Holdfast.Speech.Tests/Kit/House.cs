using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech.Tests;

/// <summary>The voice of the house, with what the test puts into it.</summary>
internal static class House
{
    public static HouseVoice With(SpeechOptions options, TimeProvider? time = null, params VoiceEngine[] engines)
    {
        var wrapped = Options.Create(options);
        var house = new HouseEngines(wrapped, time ?? TimeProvider.System, new FairTurns(2));
        return new HouseVoice([.. house, .. engines], wrapped, time ?? TimeProvider.System, NullLogger<HouseVoice>.Instance);
    }

    public static VoiceEngine Engine(string name, ITextToSpeechClient client) =>
        new(name, client, [new VoiceDescription(name + "/one", name, [])]) { IsBounded = true, TakesAllScripts = true };

    /// <summary>Whatever is said of a text, and its sound.</summary>
    public static async Task<(List<AIContent> Told, short[] Sound)> SayAsync(ITextToSpeechClient voice, string text, string? id = null, string? language = null)
    {
        var told = new List<AIContent>();
        var samples = new List<short>();
        var decoder = new SpeechDecoder(piece => samples.AddRange(piece));
        await foreach (var update in voice.GetStreamingAudioAsync(text, new TextToSpeechOptions { VoiceId = id, Language = language }, TestContext.Current.CancellationToken))
        {
            foreach (var content in update.Contents)
            {
                if (content is DataContent sound)
                {
                    decoder.Push(sound);
                }
                else
                {
                    told.Add(content);
                }
            }
        }

        decoder.Flush();
        return (told, [.. samples]);
    }
}
