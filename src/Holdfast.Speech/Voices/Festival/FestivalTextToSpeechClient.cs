using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Speaks English with festival's <c>text2wave</c>, run as a separate program, with whatever voice is installed for it.</summary>
internal sealed class FestivalTextToSpeechClient : SentenceVoice
{
    private readonly SpeechProgram _program;
    private readonly SpeechOptions _options;
    private readonly FairTurns _turns;

    public FestivalTextToSpeechClient(IOptions<SpeechOptions> options, TimeProvider time, FairTurns turns)
    {
        _options = options.Value;
        _turns = turns;
        _program = new SpeechProgram(
            _options.FestivalPath ?? "text2wave", "festival", TimeSpan.FromSeconds(_options.TimeoutSeconds), time);
    }

    protected override string Engine => "festival";

    public override void Dispose()
    {
        // Each program ends with its text.
    }

    protected override async Task<AIContent[]> SpeakAsync(string text, TextToSpeechOptions? asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var stretch = 1 / Math.Clamp(asked?.Speed is { } factor and > 0 ? factor : 1, 0.4f, 3);
        var file = Path.Combine(Path.GetTempPath(), $"holdfast-festival-{Guid.NewGuid():N}.wav");
        (short[] Samples, int Rate) sound;
        try
        {
            // It seeks in what it writes, so it cannot write to a pipe.
            using (await _turns.TakeAsync(VoiceRequest.SpeakerOf(asked), cancellationToken))
            {
                await _program.RunAsync(
                    ["-eval", $"(voice_{_options.FestivalVoice})", "-eval", FormattableString.Invariant($"(Parameter.set 'Duration_Stretch {stretch:0.00})"), "-o", file, "-"],
                    text, SpeechProgram.ReadTextAsync, cancellationToken);
            }

            await using var written = File.OpenRead(file);
            (sound, _) = await _program.ReadWavAsync(written, cancellationToken);
        }
        catch (IOException e)
        {
            throw new SpeechException("festival wrote no file.", e);
        }
        finally
        {
            File.Delete(file);
        }

        var speech = Silence.Trim(sound.Samples, sound.Rate);
        if (speech.IsEmpty)
        {
            throw new SpeechException("festival gave no sound for this text.") { Fault = UtteranceFault.NoSound };
        }

        return Aligned(text, speech.Span, sound.Rate);
    }
}
