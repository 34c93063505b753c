using CsCheck;

namespace Holdfast.Speech.Tests;

public sealed class NfkcTests
{
    /// <remarks>Rows made with another implementation (CPython's unicodedata), which passes Unicode's own test file.</remarks>
    [Fact]
    public void The_form_is_what_the_standard_has()
    {
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Text", "nfkc-cases.txt")))
        {
            var (written, normal) = line.Split('\t') is [var from, var to] ? (Text(from), Text(to)) : throw new InvalidDataException(line);
            Assert.True(string.Equals(normal, Nfkc.Of(written, keepsOwnWords: false).Text, StringComparison.Ordinal), line);
        }
    }

    [Theory]
    [InlineData("１２３", "123")]
    [InlineData("𝐇𝐞𝐥𝐥𝐨", "Hello")]
    [InlineData("ﬁ", "fi")]
    [InlineData("e\u0301", "é")]
    [InlineData("25℃", "25°C")]
    [InlineData("m²", "m²")]
    [InlineData("3½", "3½")]
    [InlineData("好，吧！…", "好，吧！…")]
    [InlineData("㊗", "㊗")]
    public void What_has_words_of_its_own_stays(string written, string normal) => Assert.Equal(normal, Nfkc.Of(written).Text);

    [Fact]
    public void Each_character_knows_where_it_comes_from()
    {
        var normal = Nfkc.Of("a𝐇e\u0301");
        Assert.Equal("aHé", normal.Text);
        Assert.Equal([(0, 1), (1, 2), (3, 2)], Enumerable.Range(0, 3).Select(i => normal.OriginOf(i, 1)));
    }

    [Fact]
    public void A_text_in_normal_form_stays_as_it_is() => Gen.String.Sample(static written =>
    {
        var normal = Nfkc.Of(written, keepsOwnWords: false).Text;
        return string.Equals(normal, Nfkc.Of(normal, keepsOwnWords: false).Text, StringComparison.Ordinal);
    });

    private static string Text(string points) =>
        string.Concat(points.Split(' ').Select(static point => char.ConvertFromUtf32(int.Parse(point, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture))));
}
