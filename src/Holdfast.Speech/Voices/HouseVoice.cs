using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>
/// The voice of the house: gives each part of a text to the engine that is asked for, or that speaks its language best, and to one of its own
/// where that engine fails or is slow. What is said is always said by somebody.
/// </summary>
/// <remarks>
/// <see cref="TextToSpeechOptions.VoiceId"/> is "female" or "male" (each language with the engine that is best at it), the name of an engine and
/// one of its voices ("flite/slt", "service/alloy"), or a voice of espeak-ng's own.
/// </remarks>
internal sealed partial class HouseVoice : ITextToSpeechClient, IVoiceCatalogue
{
    /// <summary>The engine that speaks everything, and is always there.</summary>
    public const string LastResort = "espeak";

    private const int SentencePauseMilliseconds = 220;

    /// <summary>An engine that failed is left alone for so long, so that not every sentence waits for it.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    private const string Flite = "flite";

    private readonly Dictionary<string, VoiceEngine> _engines = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _missed = new(StringComparer.OrdinalIgnoreCase);
    private readonly VoiceEngine _last;
    private readonly SpeechOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="engines">By their names, the last of a name counts; <see cref="LastResort"/> among them.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Measures how long an engine takes.</param>
    /// <param name="logger">Is told what failed.</param>
    /// <exception cref="OptionsValidationException">What is to speak English is nobody. (Only flite may be missing: it is a library of the system.)</exception>
    public HouseVoice(IEnumerable<VoiceEngine> engines, IOptions<SpeechOptions> options, TimeProvider time, ILogger<HouseVoice> logger)
    {
        foreach (var engine in engines)
        {
            _engines[engine.Name] = engine;
        }

        _last = _engines[LastResort];
        _options = options.Value;
        _time = time;
        _logger = logger;
        Voices =
        [
            new VoiceDescription(VoiceIds.Female, English.Name, []),
            new VoiceDescription(VoiceIds.Male, English.Name, []),
            .. _engines.Values.SelectMany(engine => engine.Voices),
        ];
        if (!SpeechProgram.IsThere(_options.EspeakPath))
        {
            LogNoLastResort(_options.EspeakPath);
        }

        if (_engines.ContainsKey(_options.English))
        {
            return;
        }

        if (!string.Equals(_options.English, Flite, StringComparison.OrdinalIgnoreCase))
        {
            throw new OptionsValidationException(SpeechOptions.Section, typeof(SpeechOptions),
            [
                $"{SpeechOptions.Section}:{nameof(SpeechOptions.English)} must be one of the voices there are ({string.Join(", ", _engines.Keys)}), not '{_options.English}'; "
                + $"festival needs {SpeechOptions.Section}:{nameof(SpeechOptions.FestivalPath)}, piper/NAME needs {SpeechOptions.Section}:{nameof(SpeechOptions.Piper)}:NAME.",
            ]);
        }

        LogMissing(_options.English);
    }

    public IReadOnlyList<VoiceDescription> Voices { get; }

    /// <summary>What speaks English where nobody asks for anything else.</summary>
    private VoiceEngine English => _engines.GetValueOrDefault(_options.English) ?? _last;

    public bool IsKnown(string voiceId) =>
        VoiceIds.IsFemale(voiceId) || VoiceIds.IsMale(voiceId) || _engines.ContainsKey(voiceId)
        || (voiceId.Split('/', 2) is [var name, { Length: > 0 } voice] && _engines.TryGetValue(name, out var engine) && engine.Has(voice));

    public string? LanguageOf(string? voiceId, string? language = null)
    {
        var (engine, voice) = Find(voiceId);
        var tag = engine is null || (engine == _last && IsAny(voice)) ? IsSpoken(language) ? language : null
            : engine == _last ? EspeakVoice.Plain(voice!)
            : engine.Voices.All(static known => known.Languages.Count == 0) ? language
            : engine.Voices.FirstOrDefault(known => string.Equals(known.Id, voiceId, StringComparison.OrdinalIgnoreCase))?.Languages.FirstOrDefault();
        return LanguageTag.IsOtherLatin(tag) ? LanguageTag.PrimaryOf(tag!) : null;
    }

    public async Task<TextToSpeechResponse> GetAudioAsync(
        string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
    {
        var samples = new List<short>();
        var decoder = new SpeechDecoder(piece => samples.AddRange(piece));
        await foreach (var update in GetStreamingAudioAsync(text, options, cancellationToken))
        {
            foreach (var sound in update.Contents.OfType<DataContent>())
            {
                decoder.Push(sound);
            }
        }

        decoder.Flush();
        return new TextToSpeechResponse([new DataContent(WavFile.Write([.. samples], SoundFormat.SampleRate), WavFile.MediaType)]);
    }

    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Missing(text, options) is { } missing)
        {
            // Who speaks in its place reads it as English.
            options = VoiceRequest.WithLanguage(options!, language: null);
            yield return Sound(missing);
        }

        var isFirst = true;
        foreach (var (offset, length) in SentenceSplitter.PlacesIn(text))
        {
            var sentence = text.Substring(offset, length);
            if (!isFirst)
            {
                yield return Sound(new DataContent(
                    WavFile.Write(new short[SoundFormat.SampleRate * SentencePauseMilliseconds / 1000], SoundFormat.SampleRate), WavFile.MediaType));
            }

            foreach (var part in Divide(sentence, options))
            {
                using var span = SpeechDiagnostics.StartSpeaking(VoiceRequest.TraceOf(options));
                span?.SetTag("holdfast.voice", part.Engine.Name);
                var (began, hasSound) = (_time.GetTimestamp(), false);
                await foreach (var update in SpeakAsync(part, options, cancellationToken))
                {
                    if (!hasSound && update.Contents.OfType<DataContent>().Any())
                    {
                        hasSound = true;
                        SpeechDiagnostics.OnFirstSound(part.Engine.Name, _time.GetElapsedTime(began));
                    }

                    yield return Sound([.. update.Contents.Select(content => Shift(content, offset + part.Offset))]);
                }
            }

            isFirst = false;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(TextToSpeechClientMetadata) ? new TextToSpeechClientMetadata("holdfast")
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
        foreach (var engine in _engines.Values)
        {
            engine.Client.Dispose();
        }
    }

    private static TextToSpeechResponseUpdate Sound(params IList<AIContent> contents) => new(contents)
    {
        Kind = TextToSpeechResponseUpdateKind.AudioUpdating,
    };

    /// <summary>A part's words are told by their place in the whole text.</summary>
    private static AIContent Shift(AIContent content, int offset) => content is SpokenWords spoken && offset > 0
        ? new SpokenWords([.. spoken.Words.Select(word => word with { Range = word.Range with { Offset = word.Range.Offset + offset } })])
        : content;

    /// <summary>The parts of a sentence, each with the engine that is to speak it.</summary>
    private IEnumerable<Part> Divide(string sentence, TextToSpeechOptions? options)
    {
        var (asked, voice) = Find(options?.VoiceId);
        if (asked is { TakesAllScripts: true })
        {
            return [new Part(sentence, 0, asked, voice)];
        }

        return ScriptRuns.Split(sentence).Select(run => asked?.Speaks(run.Script) == true
            ? new Part(run.Text, run.Offset, asked, voice)
            : KnownFor(run.Script, options?.Language) is { } known
            ? new Part(run.Text, run.Offset, known.Engine, known.Voice)
            : new Part(run.Text, run.Offset, OwnAt(run.Script, options?.Language), asked is null ? voice : OwnVoice(options)));
    }

    /// <summary>The engine that an id asks for, null for the best, and what the engine calls the voice.</summary>
    private (VoiceEngine? Engine, string? Voice) Find(string? id)
    {
        if (VoiceIds.IsFemale(id) || VoiceIds.IsMale(id))
        {
            return (null, id);
        }

        if (_engines.TryGetValue(id!, out var whole))
        {
            return (whole, null);
        }

        return id!.Split('/', 2) is [var name, var voice] && _engines.TryGetValue(name, out var engine)
            ? (engine, voice)
            : (_last, id.Contains('/', StringComparison.Ordinal) ? VoiceIds.Female : id);
    }

    /// <summary>Which of the house's own speaks a script.</summary>
    private VoiceEngine OwnAt(Script script, string? language)
    {
        var isEnglish = script == Script.Latin ? !LanguageTag.IsOtherLatin(language)
            : script == Script.Common && (string.IsNullOrWhiteSpace(language) || LanguageTag.IsEnglish(language));
        return isEnglish ? English : _last;
    }

    /// <summary>A voice of the settings that is known for the language that is asked for; none for English, which has a setting of its own.</summary>
    private (VoiceEngine Engine, string? Voice)? KnownFor(Script script, string? language)
    {
        if (language is null || LanguageTag.IsEnglish(language) || !LanguageTag.IsWrittenIn(language, script))
        {
            return null;
        }

        foreach (var engine in _engines.Values.Where(engine => engine != _last && engine.Speaks(script)))
        {
            if (engine.Voices.FirstOrDefault(voice => voice.Languages.Any(spoken => IsSame(spoken, language))) is { } known)
            {
                return (engine, known.Id.Length > engine.Name.Length ? known.Id[(engine.Name.Length + 1)..] : null);
            }
        }

        return null;

        static bool IsSame(string spoken, string language) => string.Equals(LanguageTag.PrimaryOf(spoken), LanguageTag.PrimaryOf(language), StringComparison.Ordinal);
    }

    /// <summary>Whether anything here speaks a language.</summary>
    private bool IsSpoken(string? language) => string.IsNullOrWhiteSpace(language) || LanguageTag.IsEnglish(language) || LanguageTag.IsChinese(language)
        || _last.Has(EspeakVoice.Own(EspeakVoice.Plain(LanguageTag.PrimaryOf(language)))) || KnownFor(Script.Common, language) is not null;

    /// <summary>What is told where the house is to speak a language that none of its voices speaks; null where one does.</summary>
    private VoiceFellBack? Missing(string text, TextToSpeechOptions? options)
    {
        var (asked, voice) = Find(options?.VoiceId);
        if (options?.Language is not { } language || (asked is not null && !(asked == _last && IsAny(voice))) || IsSpoken(language)
            || !ScriptRuns.Split(text).Any(run => LanguageTag.IsWrittenIn(language, run.Script)))
        {
            return null;
        }

        if (_missed.TryAdd(language, true))
        {
            LogUnspoken(language, English.Name);
        }

        return new VoiceFellBack(LastResort, UtteranceFault.VoiceMissing);
    }

    /// <summary>Whether a voice is a woman's or a man's, in whatever language.</summary>
    private static bool IsAny(string? voice) => VoiceIds.IsFemale(voice) || VoiceIds.IsMale(voice);

    /// <summary>What the house's own voice is, where another one was asked for.</summary>
    private static string OwnVoice(TextToSpeechOptions? options) => VoiceRequest.OwnVoiceOf(options) ?? VoiceIds.Female;

    private async IAsyncEnumerable<TextToSpeechResponseUpdate> SpeakAsync(
        Part part, TextToSpeechOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (engine, fault) = (part.Engine, (UtteranceFault?)null);
        if (engine == _last)
        {
            await foreach (var update in _last.Client.GetStreamingAudioAsync(part.Text, VoiceRequest.WithVoice(options, part.Voice), cancellationToken))
            {
                yield return update;
            }

            yield break;
        }

        if (engine.IsOut(_time))
        {
            fault = UtteranceFault.VoiceFailed;
        }
        else
        {
            await using var sound = new BoundedSound(
                token => engine.Client.GetStreamingAudioAsync(part.Text, VoiceRequest.WithVoice(options, part.Voice), token), _time, cancellationToken);
            var bound = engine.IsBounded ? TimeSpan.FromSeconds(_options.FirstSoundSeconds) : Timeout.InfiniteTimeSpan;
            while (true)
            {
                var (next, failure) = await sound.NextAsync(bound);
                if (failure is not null)
                {
                    LogFailed(engine.Name, failure);
                    engine.TakeOut(_time, engine.IsBounded ? Rest : TimeSpan.Zero);
                    fault = failure is SpeechException known ? known.Fault
                        : failure is TimeoutException ? UtteranceFault.VoiceTooSlow : UtteranceFault.VoiceFailed;
                    break;
                }

                if (next is null)
                {
                    yield break;
                }

                bound = engine.IsBounded ? TimeSpan.FromSeconds(_options.TimeoutSeconds) : Timeout.InfiniteTimeSpan;
                yield return next;
            }
        }

        SpeechDiagnostics.OnFailure(engine.Name, JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.Value.ToString()));

        // Said again from its beginning, if it had begun: better twice than not at all.
        yield return new TextToSpeechResponseUpdate([new VoiceFellBack(engine.Name, fault.Value)]);
        foreach (var run in ScriptRuns.Split(part.Text))
        {
            var own = engine == English ? _last : OwnAt(run.Script, options?.Language);
            var voice = VoiceRequest.WithVoice(options, part.Voice is { } same && IsAny(same) ? same : OwnVoice(options));
            await foreach (var update in own.Client.GetStreamingAudioAsync(run.Text, voice, cancellationToken))
            {
                yield return Sound([.. update.Contents.Select(content => Shift(content, run.Offset))]);
            }
        }
    }

    /// <param name="Text">What is to be said.</param>
    /// <param name="Offset">Where it is in its sentence.</param>
    /// <param name="Engine">Who says it.</param>
    /// <param name="Voice">With which of its voices.</param>
    private sealed record Part(string Text, int Offset, VoiceEngine Engine, string? Voice);

    [LoggerMessage(4101, LogLevel.Warning, "The voice {Engine} failed; another one speaks in its place.")]
    private partial void LogFailed(string engine, Exception exception);

    [LoggerMessage(4103, LogLevel.Warning, "No voice here speaks the language {Language}; {Engine} reads it as English. espeak-ng has many languages; a Piper voice or a service may have this one.")]
    private partial void LogUnspoken(string language, string engine);

    [LoggerMessage(4104, LogLevel.Warning, "There is no program {Path} on this machine: what no other voice can say is not said (Debian and Ubuntu: sudo apt install espeak-ng).")]
    private partial void LogNoLastResort(string path);

    [LoggerMessage(4102, LogLevel.Warning, "There is no voice {Engine} on this machine; espeak-ng speaks English in its place (Debian and Ubuntu: sudo apt install libflite1).")]
    private partial void LogMissing(string engine);
}
