using Lookup = System.Collections.Generic.HashSet<string>.AlternateLookup<System.ReadOnlySpan<char>>;

namespace Holdfast.Speech;

/// <summary>Words that tell whether a sentence ends behind them.</summary>
internal static class SentenceWords
{
    /// <summary>Words that are written short, with a stop behind them.</summary>
    public static Lookup Abbreviations { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "no", "nos", "fig", "figs", "inc", "ltd", "co", "corp", "approx", "p", "pp", "vol", "ch",
        "sec", "eq", "ed", "eds", "ref", "dept", "est", "gen", "sen", "rep", "gov", "capt", "col", "lt", "sgt", "maj", "hon", "rev", "ca", "z.b", "bzw", "usw", "d.h", "nr", "cf",
        "al", "a.m", "p.m", "a.k.a", "u.s", "u.k", "ph.d", "m.d", "b.sc", "m.sc", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mt", "ave", "blvd", "rd", "ft", "min", "max", "tel", "ext",
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "lb", "lbs", "oz", "hr", "hrs", "yd", "yds", "gal", "qt", "tbsp", "tsp",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Units that are words as well: abbreviations behind a number.</summary>
    public static Lookup BehindNumber { get; } = new HashSet<string>(StringComparer.Ordinal) { "in", "pt", "mi", "sec", "min", "ft" }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Words that begin a sentence, and no name.</summary>
    public static Lookup Starters { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "The", "This", "That", "These", "Those", "There", "Then", "They", "It", "It's", "He", "She", "We", "You", "I", "I'm", "Is", "In", "On", "At", "As", "If", "And", "But", "So", "Yet",
        "When", "While", "What", "Where", "Why", "How", "Who", "Now", "Next", "Here", "Also", "However", "After", "Before", "My", "Our", "Your", "His", "Her", "Their", "Its", "Let", "Let's",
        "Yes", "Please", "Thanks", "Both", "Some", "Most", "Many", "Each", "Every", "Nobody", "Nothing", "Everybody", "Everything", "For", "From", "With", "Not",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What is named by a letter: "plan B", "Vitamin C".</summary>
    public static Lookup Lettered { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "vitamin", "section", "plan", "option", "class", "type", "grade", "group", "part", "appendix", "figure", "table", "exhibit", "point", "team", "building", "gate", "block", "schedule",
        "hepatitis", "phase", "step", "question", "answer", "item", "unit", "terminal", "platform", "room", "level", "version", "series", "model", "size", "column", "row", "line", "side", "zone",
        "choice", "case", "chapter", "annex", "district", "hall", "wing", "deck", "lot", "area", "category", "tier", "node", "letter", "key", "variant", "sample", "chord", "minor", "major",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Names that end in an exclamation mark.</summary>
    public static Lookup Exclaimed { get; } = new HashSet<string>(StringComparer.Ordinal) { "Yahoo", "Jeopardy", "Yum", "Mia", "Oliver", "Airplane", "Toys" }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Those after which a new sentence may begin, since they often end one.</summary>
    public static Lookup MayEnd { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "etc", "a.m", "p.m", "u.s", "u.k", "inc", "ltd", "co", "corp", "jr", "sr", "ph.d", "m.d", "min", "max", "ft", "ave", "blvd", "rd",
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "lb", "lbs", "oz", "hr", "hrs", "yd", "yds", "gal", "qt", "tbsp", "tsp", "in", "pt", "mi", "sec",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Those that are words as well, and abbreviations only before a number.</summary>
    public static Lookup BeforeNumber { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "no", "nos", "fig", "figs", "p", "pp", "vol", "ch", "sec", "eq", "tel", "ext", "ed", "ref",
    }.GetAlternateLookup<ReadOnlySpan<char>>();
}
