namespace Holdfast.Speech;

/// <summary>
/// Turns what is written in numbers and signs into the words that a person would say, so that no voice has to guess: what comes out for English and
/// Chinese is letters, and the punctuation that makes pauses.
/// </summary>
/// <remarks>
/// At each place at most all rules of one language are tried, and none looks further than <see cref="Rule.MaxReach"/> characters: the cost is linear
/// in the length of the text.
/// </remarks>
internal static class Normaliser
{
    /// <summary>What is to be said of a sentence.</summary>
    /// <param name="sentence">Plain words, as <see cref="PlainWords"/> leaves them.</param>
    /// <param name="fallback">In whose words, where there are no letters to tell.</param>
    /// <param name="latin">What Latin letters are.</param>
    public static MappedText Of(
        string sentence, SpokenLanguage fallback = SpokenLanguage.English, SpokenLanguage latin = SpokenLanguage.English) =>
        Read(sentence, fallback, latin).Build();

    internal static Reading Read(string sentence, SpokenLanguage fallback, SpokenLanguage latin)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        var languages = LanguageMap.Of(sentence, fallback, latin, out var main);
        var reading = new Reading(sentence);
        while (!reading.IsAtEnd)
        {
            var language = languages[reading.At];
            if (language != SpokenLanguage.Other && main != SpokenLanguage.Other && Addresses.TryRead(reading, main))
            {
                continue;
            }

            switch (language)
            {
                case SpokenLanguage.English when main == SpokenLanguage.Chinese && !char.IsAsciiLetter(reading.Look(-1)) && ChineseReader.TryWord(reading):
                    break;
                case SpokenLanguage.English:
                    EnglishReader.ReadOne(reading);
                    break;
                case SpokenLanguage.Chinese:
                    ChineseReader.ReadOne(reading);
                    break;
                case SpokenLanguage.Other:
                    reading.Keep();
                    break;
            }
        }

        return reading;
    }
}
