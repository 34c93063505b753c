namespace Holdfast.Lab.Words;

/// <summary>What is said to be heard again: words that nobody takes for each other, as they were chosen for bad radio.</summary>
internal static class Passages
{
    public static string[][] Alphabet =>
    [
        ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india"],
        ["juliet", "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo"],
        ["sierra", "tango", "uniform", "victor", "whiskey", "xray", "yankee", "zulu"],
    ];
}
