using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Avatar;

/// <summary>
/// Speaks with espeak-ng, run as a separate program: sentence by sentence, each part of a sentence with a voice for its script.
/// </summary>
/// <remarks>
/// Each update of a stream holds one whole WAV file (22.05 kHz, 16 bit, mono), without silence at its ends; the ends of
/// sentences have a pause. <see cref="TextToSpeechOptions.VoiceId"/> is "female", "male", or a voice of espeak-ng's own.
/// </remarks>
internal sealed class EspeakTextToSpeechClient : ITextToSpeechClient
{
    private const string WavType = "audio/wav";
    private const int SentencePauseMilliseconds = 220;

    private readonly EspeakProcess _espeak;
    private readonly SemaphoreSlim _running;
    private readonly int _rate;

    public EspeakTextToSpeechClient(IOptions<AvatarOptions> options, TimeProvider? time = null)
    {
        var avatar = options.Value;
        _espeak = new EspeakProcess(avatar.EspeakPath, TimeSpan.FromSeconds(avatar.SpeechTimeoutSeconds), time ?? TimeProvider.System);
        _running = new SemaphoreSlim(Math.Max(2, Environment.ProcessorCount));
        _rate = avatar.SpeechRate;
    }

    public async Task<TextToSpeechResponse> GetAudioAsync(
        string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
    {
        var samples = new List<short>();
        var rate = 22_050;
        await foreach (var part in SpeakAsync(text, options, cancellationToken))
        {
            rate = part.Rate;
            samples.AddRange(part.Samples.Span);
        }

        return new TextToSpeechResponse([new DataContent(WavFile.Write([.. samples], rate), WavType)]);
    }

    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var part in SpeakAsync(text, options, cancellationToken))
        {
            yield return new TextToSpeechResponseUpdate([new DataContent(WavFile.Write(part.Samples.Span, part.Rate), WavType)])
            {
                Kind = TextToSpeechResponseUpdateKind.AudioUpdating,
            };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(TextToSpeechClientMetadata) ? new TextToSpeechClientMetadata("espeak-ng")
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose() => _running.Dispose();

    private async IAsyncEnumerable<(ReadOnlyMemory<short> Samples, int Rate)> SpeakAsync(
        string text, TextToSpeechOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pause = false;
        foreach (var sentence in SentenceSplitter.Split(text))
        {
            foreach (var run in ScriptRuns.Split(sentence))
            {
                var (samples, rate) = await SpeakAsync(run, options, cancellationToken);
                if (pause)
                {
                    yield return (new short[rate * SentencePauseMilliseconds / 1000], rate);
                    pause = false;
                }

                var speech = Silence.Trim(samples, rate);
                if (!speech.IsEmpty)
                {
                    yield return (speech, rate);
                }
            }

            pause = true;
        }
    }

    private async Task<(short[] Samples, int Rate)> SpeakAsync(ScriptRun run, TextToSpeechOptions? options, CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken);
        try
        {
            return await _espeak.SpeakAsync(run.Text, EspeakVoice.Choose(run.Script, options, _rate), cancellationToken);
        }
        finally
        {
            _running.Release();
        }
    }
}
