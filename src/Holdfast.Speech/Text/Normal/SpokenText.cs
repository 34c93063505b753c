using System.Text;

namespace Holdfast.Speech;

/// <summary>A sentence on its way to a voice.</summary>
/// <param name="Said">Words and pauses only, and where each comes from in the text that is shown.</param>
/// <param name="End">Where the sentence ends in that text, in UTF-16 units.</param>
internal sealed record SpokenSentence(MappedText Said, int End);

/// <summary>
/// What stands between a text and every voice: normal form, plain words, sentences, and numbers and signs as words. What is shown stays as it was
/// written, and each word that is said knows where it is written.
/// </summary>
internal static class SpokenText
{
    /// <summary>The sentences in order; none where there is nothing to say.</summary>
    /// <param name="text">As it is written and shown.</param>
    /// <param name="fallback">Whose words a text takes that has no letters, such as "30%".</param>
    /// <param name="latin">What Latin letters are: English, or what the voice speaks.</param>
    public static IEnumerable<SpokenSentence> Sentences(
        string text, SpokenLanguage fallback = SpokenLanguage.English, SpokenLanguage latin = SpokenLanguage.English)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().Trim(" \t\r\n`~").IsEmpty)
        {
            // The fence of a block of code without any code.
            yield break;
        }

        var normal = Nfkc.Of(text);
        var plain = normal.Then(PlainWords.Of(normal.Text, (LanguageOf(text) ?? fallback) == SpokenLanguage.Chinese));
        foreach (var sentence in SentenceSplitter.PlacesIn(plain.Text))
        {
            var written = plain.Slice(sentence.Offset, sentence.Length);
            var said = written.Then(Normaliser.Of(written.Text, fallback, latin));
            if (SentenceSplitter.HasSpeech(said.Text))
            {
                var (start, length) = written.OriginOf(0, sentence.Length);
                yield return new SpokenSentence(said, start + length);
            }
        }
    }

    /// <summary>Whether there is anything in a text to say.</summary>
    public static bool HasAny(string text) => Sentences(text).Any();

    /// <summary>Whose words a text takes; null where it has no letters. Blocks of code are in no language that is spoken.</summary>
    public static SpokenLanguage? LanguageOf(string text) => LanguageMap.MainOf(WithoutBlocks(text), SpokenLanguage.English);

    private static string WithoutBlocks(string text)
    {
        const string Fence = "```";
        var rest = new StringBuilder(text.Length);
        var at = 0;
        while (at >= 0 && text.IndexOf(Fence, at, StringComparison.Ordinal) is >= 0 and var begin)
        {
            rest.Append(text, at, begin - at);
            var end = text.IndexOf(Fence, begin + Fence.Length, StringComparison.Ordinal);
            at = end < 0 ? -1 : end + Fence.Length;
        }

        return at < 0 ? rest.ToString() : rest.Append(text, at, text.Length - at).ToString();
    }
}
