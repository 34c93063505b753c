using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Speaks English with flite, in this process. It knows when each phoneme begins and ends, so words and lips are exact.</summary>
/// <remarks>One update for each text: its words and phonemes, and a WAV file of 16 kHz without silence at its ends.</remarks>
internal sealed class FliteTextToSpeechClient(IOptions<SpeechOptions> options, FairTurns turns) : SentenceVoice
{
    private const int UsualRate = 160;

    /// <summary>Kept before the first phoneme and after the last, in which it fades.</summary>
    private const float LeadSeconds = 0.01f, TailSeconds = 0.04f;

    /// <summary>Whether this machine has the library.</summary>
    public static bool IsAvailable => FliteLibrary.Instance is not null;

    protected override string Engine => "flite";

    public override void Dispose()
    {
        // The library stays for the next one.
    }

    protected override async Task<AIContent[]> SpeakAsync(string text, TextToSpeechOptions? asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var flite = FliteLibrary.Instance
            ?? throw new SpeechException("flite is missing (Debian and Ubuntu: sudo apt install libflite1).") { Fault = Media.UtteranceFault.VoiceMissing };
        var male = VoiceIds.IsMale(asked?.VoiceId) || string.Equals(asked?.VoiceId, "rms", StringComparison.OrdinalIgnoreCase);
        var speed = (float)options.Value.Rate / UsualRate * (asked?.Speed is { } factor and > 0 ? factor : 1);
        var pitch = asked?.Pitch is { } higher and > 0 ? higher : 1;
        var ascii = FliteText.From(text);
        FliteSpeech speech;
        using (await turns.TakeAsync(VoiceRequest.SpeakerOf(asked), cancellationToken))
        {
            speech = await Task.Run(() => flite.Speak(ascii, male, 1 / Math.Clamp(speed, 0.4f, 3), Math.Clamp(pitch, 0.5f, 2)), cancellationToken);
        }

        return Contents(text, ascii, speech, asked?.Volume ?? 1);
    }

    private static bool IsSpoken(FliteSegment segment) => !string.Equals(segment.Phoneme, "pau", StringComparison.Ordinal);

    private static AIContent[] Contents(string text, string ascii, FliteSpeech speech, float volume)
    {
        var spoken = speech.Segments.Where(IsSpoken).ToArray();
        if (spoken.Length == 0)
        {
            return [];
        }

        // By its own word for where the speech is: its silence is not silent, and not the same twice.
        var (rate, duration) = (speech.SampleRate, (float)speech.Samples.Length / speech.SampleRate);
        var first = Math.Max(0, (int)((spoken[0].Start - LeadSeconds) * rate));
        var trimmed = speech.Samples.AsSpan(first, Math.Min(speech.Samples.Length, (int)((spoken[^1].End + TailSeconds) * rate)) - first);
        Silence.Fade(trimmed[..Math.Min(rate / 400, trimmed.Length)], rising: true);
        Silence.Fade(trimmed[^Math.Min(rate / 200, trimmed.Length)..], rising: false);

        if (volume is not 1)
        {
            foreach (ref var sample in speech.Samples.AsSpan())
            {
                sample = (short)Math.Clamp(sample * volume, short.MinValue, short.MaxValue);
            }
        }

        var lead = (float)first / rate;
        var end = (float)trimmed.Length / rate;
        TimeSpan Time(float seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds - lead, 0, end));

        var words = Words.In(text);
        var starts = FliteText.Locate(ascii, words, speech.Tokens, duration);
        return
        [
            new SpokenWords([.. words.Select((word, i) => new SpokenWord(Time(starts[i]), word))]),
            new SpokenPhonemes([.. spoken.Select(phoneme => new SpokenPhoneme(Time(phoneme.Start), Time(phoneme.End), phoneme.Phoneme))]),
            new DataContent(WavFile.Write(trimmed, rate), WavFile.MediaType),
        ];
    }
}
