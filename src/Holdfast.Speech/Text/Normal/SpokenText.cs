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
        var at = 0;
        foreach (var sentence in SentenceSplitter.Split(plain.Text))
        {
            // The splitter only cuts and trims, so each sentence is found where the last one ended.
            at = plain.Text.IndexOf(sentence, at, StringComparison.Ordinal);
            var written = plain.Slice(at, sentence.Length);
            var said = written.Then(Normaliser.Of(sentence, fallback, latin));
            at += sentence.Length;
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
        var begin = text.IndexOf(Fence, StringComparison.Ordinal);
        while (begin >= 0)
        {
            var end = text.IndexOf(Fence, begin + Fence.Length, StringComparison.Ordinal);
            text = end < 0 ? text[..begin] : text.Remove(begin, end + Fence.Length - begin);
            begin = text.IndexOf(Fence, begin, StringComparison.Ordinal);
        }

        return text;
    }
}
