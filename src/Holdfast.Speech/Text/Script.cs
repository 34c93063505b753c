using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>A writing system that tells which language to speak.</summary>
internal enum Script
{
    /// <summary>Digits, punctuation, spaces: spoken with their neighbours.</summary>
    Common,
    Latin,
    Han,
    Kana,
    Hangul,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Devanagari,
    Thai,
}

/// <summary>A part of a text in one script.</summary>
/// <param name="Script">Which.</param>
/// <param name="Text">As long as the part is in the text.</param>
/// <param name="Offset">Where it begins in the text, in UTF-16 units.</param>
internal readonly record struct ScriptRun(Script Script, string Text, int Offset);

/// <summary>Cuts a text where its script changes.</summary>
internal static class ScriptRuns
{
    /// <summary>
    /// The runs in order. Characters without a script stay with what is before them. Han in a text with kana is Japanese
    /// and counts as kana. What nobody would read aloud (emoji, private characters) becomes spaces, as many as it was long.
    /// </summary>
    public static IReadOnlyList<ScriptRun> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var japanese = text.EnumerateRunes().Any(rune => Of(rune) == Script.Kana);
        var runs = new List<ScriptRun>();
        var run = new StringBuilder();
        var current = Script.Common;
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var script = Of(rune);
            script = japanese && script == Script.Han ? Script.Kana : script;
            if (script != Script.Common && current != Script.Common && script != current)
            {
                Add(runs, current, run, end);
                current = script;
            }
            else if (current == Script.Common)
            {
                current = script;
            }

            run.Append(IsSpoken(rune) ? rune.ToString() : new string(' ', rune.Utf16SequenceLength));
            end += rune.Utf16SequenceLength;
        }

        Add(runs, current, run, end);
        return runs;
    }

    private static void Add(List<ScriptRun> runs, Script script, StringBuilder run, int end)
    {
        var text = run.ToString();
        var offset = end - text.Length + (text.Length - text.TrimStart().Length);
        text = text.Trim();
        run.Clear();
        if (SentenceSplitter.HasSpeech(text))
        {
            runs.Add(new ScriptRun(script, text, offset));
        }
    }

    private static bool IsSpoken(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.OtherSymbol or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned) && rune.Value is not ('*' or '#' or '_' or '`' or '|' or '<' or '>');

    /// <summary>The script that a character tells of.</summary>
    internal static Script Of(Rune rune) => rune.Value switch
    {
        >= 'A' and <= 'Z' or >= 'a' and <= 'z' or >= 0xC0 and <= 0x24F and not 0xD7 and not 0xF7 or >= 0x1E00 and <= 0x1EFF => Script.Latin,
        >= 0x370 and <= 0x3FF or >= 0x1F00 and <= 0x1FFF => Script.Greek,
        >= 0x400 and <= 0x52F => Script.Cyrillic,
        >= 0x590 and <= 0x5FF => Script.Hebrew,
        >= 0x600 and <= 0x6FF or >= 0x750 and <= 0x77F or >= 0xFB50 and <= 0xFDFF or >= 0xFE70 and <= 0xFEFE => Script.Arabic,
        >= 0x900 and <= 0x97F => Script.Devanagari,
        >= 0xE00 and <= 0xE7F => Script.Thai,
        >= 0x1100 and <= 0x11FF or >= 0x3130 and <= 0x318F or >= 0xAC00 and <= 0xD7A3 => Script.Hangul,
        >= 0x3041 and <= 0x30FF and not 0x30FB or >= 0x31F0 and <= 0x31FF or >= 0xFF66 and <= 0xFF9D => Script.Kana,
        0x3005 or 0x3007 or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x323AF => Script.Han,
        _ => Script.Common,
    };
}
