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
    /// <param name="conversation">
    /// The language that the two speak: it is what the house says in the place of what is only shown. Null where nobody knows; the text tells then.
    /// </param>
    public static IEnumerable<SpokenSentence> Sentences(
        string text,
        SpokenLanguage fallback = SpokenLanguage.English,
        SpokenLanguage latin = SpokenLanguage.English,
        SpokenLanguage? conversation = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().Trim(" \t\r\n`~").IsEmpty)
        {
            // The fence of a block of code without any code.
            yield break;
        }

        var normal = Nfkc.Of(text);
        var plain = normal.Then(PlainWords.Of(normal.Text, (conversation ?? LanguageOf(text) ?? fallback) == SpokenLanguage.Chinese));
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

    /// <summary>
    /// Whose words a text takes; null where it has no letters. Code is in no language that is spoken, neither a block of it nor a word of it.
    /// </summary>
    public static SpokenLanguage? LanguageOf(string text) => LanguageMap.MainOf(PlainWords.WithoutCode(text), SpokenLanguage.English);
}
