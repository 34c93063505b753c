using System.Text;

namespace Holdfast.Speech;

/// <summary>Writes a text so that flite can read it: in ASCII, and each character where it was.</summary>
internal static class FliteText
{
    private const string Plain =
        "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

    /// <summary>The same text, as long, with what has no place in ASCII as the letter nearest to it, or a space.</summary>
    public static string From(string text)
    {
        var ascii = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            ascii.Append(c switch
            {
                >= ' ' and <= '~' => c,
                >= 'À' and <= 'ÿ' => Plain[c - 'À'],
                '‘' or '’' or 'ʼ' => '\'',
                '“' or '”' or '«' or '»' => '"',
                '–' or '—' => '-',
                '，' or '、' => ',',
                _ => ' ',
            });
        }

        return ascii.ToString();
    }

    /// <summary>When the words of a text begin.</summary>
    /// <param name="text">As flite got it.</param>
    /// <param name="words">The words in it.</param>
    /// <param name="tokens">What flite told of it.</param>
    /// <param name="duration">Of the sound, in seconds.</param>
    /// <returns>Seconds, rising; one for each word.</returns>
    public static float[] Locate(string text, IReadOnlyList<TextRange> words, IReadOnlyList<FliteToken> tokens, float duration)
    {
        // Where each token is in the text, and the beginning of the next spoken one.
        var found = new List<(int Offset, int Length, float Start)>();
        var at = 0;
        foreach (var token in tokens)
        {
            var offset = token.Name.Length == 0 ? -1 : text.IndexOf(token.Name, at, StringComparison.Ordinal);
            if (offset >= 0)
            {
                at = offset + token.Name.Length;
                if (token.Start is { } start)
                {
                    found.Add((offset, token.Name.Length, start));
                }
            }
        }

        var starts = new float[words.Count];
        var last = 0f;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i].Offset;
            var index = found.FindLastIndex(token => token.Offset <= word);
            if (index >= 0)
            {
                var (offset, length, start) = found[index];
                var end = index + 1 < found.Count ? found[index + 1].Start : duration;

                // Several words between two spaces are one token: each as long as it is written.
                var part = length == 0 ? 0 : Math.Clamp((float)(word - offset) / length, 0, 1);
                last = Math.Max(last, start + ((end - start) * part));
            }

            starts[i] = last;
        }

        return starts;
    }
}
