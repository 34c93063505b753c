using Holdfast.AspNetCore.Http;
using Holdfast.Media;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Server.Tests;

public sealed class SentencesTests
{
    [Theory]
    [InlineData(null, "en")]
    [InlineData("", "en")]
    [InlineData("fr", "en")]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh")]
    [InlineData("en-US,en;q=0.9,zh-CN;q=0.8", "en")]
    [InlineData("en;q=0.5,ZH", "zh")]
    [InlineData("zhx, en-GB;q=0.1", "en")]
    [InlineData("fr, zh-Hant-TW;q=0.3", "zh")]
    [InlineData("zh;q=0", "en")]
    [InlineData("\u0000;;q=zz", "en")]
    public void A_person_is_told_in_the_language_that_their_browser_asks_for(string? accepted, string language)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.AcceptLanguage = accepted;
        Assert.Equal(string.Equals(language, "zh", StringComparison.Ordinal) ? Language.Chinese : Language.English, Sentences.LanguageOf(request));
    }

    [Fact]
    public void Every_fault_has_a_word_and_a_sentence_of_its_own_in_both_languages_and_none_tells_of_programs_or_paths()
    {
        var faults = Enum.GetValues<UtteranceFault>();
        foreach (var language in Enum.GetValues<Language>())
        {
            var sentences = faults.Select(fault => Sentences.Of(fault, language)).ToArray();
            Assert.Equal(faults.Length, sentences.Distinct(StringComparer.Ordinal).Count());
            Assert.All(sentences, sentence => Assert.DoesNotMatch("espeak|exit code|apt|/", sentence));
        }

        Assert.Equal(faults.Length, faults.Select(Sentences.Stable).Distinct(StringComparer.Ordinal).Count());
    }
}
