namespace Holdfast.Speech.Tests;

/// <summary>The pieces themselves, where the product only asks where they are.</summary>
internal static class Pieces
{
    public static IEnumerable<string> Of(string text) => SentenceSplitter.PlacesIn(text).Select(place => text.Substring(place.Offset, place.Length));
}
