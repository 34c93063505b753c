using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>
/// Speaks with espeak-ng, run as a separate program: sentence by sentence, each part of a sentence with a voice for its script.
/// </summary>
/// <remarks>
/// Each update of a stream holds one whole WAV file (22.05 kHz, 16 bit, mono), without silence at its ends; the ends of
/// sentences have a pause. Before its sound an update says when the words in it begin (<see cref="SpokenWords"/>). <see cref="TextToSpeechOptions.VoiceId"/> is "female", "male", or a voice of espeak-ng's own.
/// </remarks>
internal sealed class EspeakTextToSpeechClient : ITextToSpeechClient
{
    private const int SentencePauseMilliseconds = 220;

    private readonly EspeakProcess _espeak;
    private readonly FairTurns _turns;
    private readonly int _rate;

    public EspeakTextToSpeechClient(IOptions<SpeechOptions> options, TimeProvider? time = null, FairTurns? turns = null)
    {
        var speech = options.Value;
        _espeak = new EspeakProcess(speech.EspeakPath, TimeSpan.FromSeconds(speech.TimeoutSeconds), time ?? TimeProvider.System);
        _turns = turns ?? new FairTurns(Math.Max(2, Environment.ProcessorCount));
        _rate = speech.Rate;
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

        return new TextToSpeechResponse([new DataContent(WavFile.Write([.. samples], rate), WavFile.MediaType)]);
    }

    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var part in SpeakAsync(text, options, cancellationToken))
        {
            var sound = new DataContent(WavFile.Write(part.Samples.Span, part.Rate), WavFile.MediaType);
            yield return new TextToSpeechResponseUpdate(part.Words is { } words ? [new SpokenWords(words), sound] : [sound])
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

    public void Dispose()
    {
        // Each program ends with its text.
    }

    private async IAsyncEnumerable<Part> SpeakAsync(
        string text, TextToSpeechOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pause = false;
        foreach (var (offset, length) in SentenceSplitter.PlacesIn(text))
        {
            foreach (var run in ScriptRuns.Split(text.Substring(offset, length)))
            {
                var part = await SpeakAsync(run, offset + run.Offset, options, cancellationToken);
                if (pause)
                {
                    yield return new Part(new short[part.Rate * SentencePauseMilliseconds / 1000], part.Rate, Words: null);
                    pause = false;
                }

                if (!part.Samples.IsEmpty)
                {
                    yield return part;
                }
            }

            pause = true;
        }
    }

    private async Task<Part> SpeakAsync(ScriptRun run, int offset, TextToSpeechOptions? options, CancellationToken cancellationToken)
    {
        var voice = EspeakVoice.Choose(run.Script, options, _rate);
        var speaker = VoiceRequest.SpeakerOf(options);
        var words = Words.In(run.Text);

        // Both at once: what is heard need not wait for what only tells where its words are.
        var paused = words.Count > 1 ? SpeakPausedAsync(WordTiming.WithPauses(run.Text, words), voice, speaker, cancellationToken) : null;
        var (samples, rate) = await SpeakAsync(EspeakProcess.Plain(run.Text), voice, speaker, cancellationToken);
        var speech = Silence.Trim(samples, rate);
        var withPauses = paused is null ? [] : await paused;
        var starts = WordTiming.Locate(speech.Span, withPauses, rate, words);
        return new Part(speech, rate, [.. words.Select((word, i) => new SpokenWord(
            TimeSpan.FromSeconds((double)starts[i] / rate), word with { Offset = word.Offset + offset }))]);
    }

    /// <summary>It is good to have: without it words are only guessed, and speech goes on all the same.</summary>
    private async Task<(short[] Sound, int Words)[]> SpeakPausedAsync(
        List<(string Text, int Words)> pieces, EspeakVoice voice, object speaker, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.WhenAll(pieces.Select(async piece => ((await SpeakAsync(piece.Text, voice, speaker, cancellationToken)).Samples, piece.Words)));
        }
        catch (Exception e) when (e is SpeechException or OperationCanceledException)
        {
            return [];
        }
    }

    private async Task<(short[] Samples, int Rate)> SpeakAsync(string text, EspeakVoice voice, object speaker, CancellationToken cancellationToken)
    {
        using (await _turns.TakeAsync(speaker, cancellationToken))
        {
            return await _espeak.SpeakAsync(text, voice, cancellationToken);
        }
    }

    /// <summary>Some sound, and when the words in it begin; null for a pause.</summary>
    private readonly record struct Part(ReadOnlyMemory<short> Samples, int Rate, IReadOnlyList<SpokenWord>? Words);
}
