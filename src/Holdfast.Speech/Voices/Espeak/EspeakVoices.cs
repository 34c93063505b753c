using System.Collections.Frozen;

namespace Holdfast.Speech;

/// <summary>Which voices and variants espeak-ng has, by its own word: a voice it does not have ends it, and what was to be said with it.</summary>
internal sealed class EspeakVoices(string path, TimeProvider time)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>Who did not answer is left alone for so long: those who ask wait for one another.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    private readonly SpeechProgram _program = new(path, "espeak-ng", Bound, time);
    private readonly Lock _gate = new();
    private FrozenSet<string>? _voices;
    private FrozenSet<string>? _variants;
    private long? _failedAt;

    /// <summary>Whether it can speak as a language or voice, with or without a variant: "de", "en-gb+f3". Asks the program once, which takes some 10 ms.</summary>
    public bool Has(string voice)
    {
        lock (_gate)
        {
            if (_failedAt is { } failed && time.GetElapsedTime(failed) < Rest)
            {
                return false;
            }

            try
            {
                // Only what it answered is remembered: it may be installed while the server runs.
                _voices ??= Ask("--voices");
                _variants ??= Ask("--voices=variant");
            }
            catch (SpeechException)
            {
                _failedAt = time.GetTimestamp();
                return false;
            }
        }

        return voice.Split('+') switch
        {
            [var name] => _voices.Contains(name),
            [var name, var variant] => _voices.Contains(name) && _variants.Contains(variant),
            _ => false,
        };
    }

    /// <summary>A line for each voice, under a line of titles: priority, language, age and gender, name, file, other languages.</summary>
    private FrozenSet<string> Ask(string what)
    {
        var table = Task.Run(() => _program.RunAsync([what], string.Empty, SpeechProgram.ReadTextAsync, CancellationToken.None)).GetAwaiter().GetResult();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var language, _, _, var file, ..])
            {
                names.Add(language);
                names.Add(file[(file.LastIndexOf('/') + 1)..]);
            }
        }

        return names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
