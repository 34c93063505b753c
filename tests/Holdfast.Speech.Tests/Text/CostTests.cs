using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Speech.Tests;

/// <summary>Text comes from anybody: whatever is written, four times as much of it costs about four times the work, and not sixteen times.</summary>
/// <remarks>
/// What a rule allocates is counted. What it only looks at nothing counts, so the processor's time is taken that this thread had: no time is asserted,
/// only that it does not grow with the square. The best of several runs counts, and one good run is enough.
/// </remarks>
[Collection(Alone)]
[Trait("Speed", "Slow")]
public sealed class CostTests
{
    /// <summary>Patterns in use by two threads at once allocate: nobody else uses them here.</summary>
    private const string Alone = "The cost of text";
    private const int Times = 4;

    /// <summary>Linear is 4, with the square 16.</summary>
    private const double Most = 8;
    private const int Runs = 6;

    /// <summary>What costs less at its full length may be anything: 3 ms, 1 MB.</summary>
    private const long LittleTime = 3_000_000;
    private const long LittleMemory = 1_000_000;

    /// <summary>Memory that is taken for the first time costs the kernel's time, which is no work of a rule's: so many nanoseconds for a byte where it is scarce.</summary>
    private const long TimeOfMemory = 4;

    /// <summary>Each with the length of the shorter of the two texts it gets: longer than any bound of a rule.</summary>
    private static readonly (string Name, Func<string, int> Do, int Length)[] Entries =
    [
        ("normal form", static text => Nfkc.Of(text).Text.Length, 10_000),
        ("plain words", static text => PlainWords.Of(text).Text.Length, 10_000),
        ("plain words of a row", static text => PlainWords.Of("| " + text).Text.Length, 10_000),
        ("sentences", static text => Pieces.Of(text).Count(), 10_000),
        ("a stream", static text => Stream(text, text.Length), 10_000),
        ("a stream, one character at a time", static text => Stream(text, 1), 2_000),
        ("a stream, one character at a time, after a fence", static text => Stream("```\n" + text, 1), 2_000),
        ("reasoning", static text => Reason(text, text.Length), 10_000),
        ("reasoning, one character at a time", static text => Reason(text, 1), 2_000),
        ("words", static text => Words.In(text).Count, 10_000),
        ("scripts", static text => ScriptRuns.Split(text).Count, 10_000),
        ("language", static text => SpokenText.LanguageOf(text) is null ? 0 : 1, 10_000),
        ("English", static text => Normaliser.Of(text, SpokenLanguage.English).Text.Length, 2_000),
        ("Chinese", static text => Normaliser.Of(text, SpokenLanguage.Chinese).Text.Length, 2_000),
        ("all of it in English", static text => SpokenText.Sentences(text, SpokenLanguage.English).Count(), 2_000),
        ("all of it in Chinese", static text => SpokenText.Sentences(text, SpokenLanguage.Chinese).Count(), 2_000),
    ];

    public static TheoryData<string> Parts =>
    [
        "[", "]", "[[", "[a](", "[a](b) ", "[a][", "![", "(", ")", "$", "$$", "$a ", "$a$ ", "a$ ", "*", "**", "a*b", "a * ", "1**2 ", "_", "_a", "a_ ", "_a_a", "~", "a~", "~~a",
        "`", "`a", "``a`", "<", ">", "<a ", "<a>", "<!--", "<!--. ", "<!-- . -->", "<style>", "<think>", "a<think>", "<|channel|>", "[THINK]", "a<b", "List<int", "&", "&amp", "&amp;",
        "==", "==a ", "a== ", "++a ", "|", "| a ", "|-", "#", "# a\n", "> ", ">", ">=", "- ", "-", "\\", "\\(", "\\[", "\\frac{", "\\sqrt{a", "$\\frac{1}{", "x^{", "{", "^", "^_^ ",
        "http://", "http://http://", "http://a.b/?", "www.", "a@b.", "a@", "1.1.1.1.", "1.", "1,", "1-", "1:", "1/", "1 ", "1", "+1 ", "0", "1\" ", "1' ", "1e", "1-2 ", "1066 ", "1:1 ",
        "a", "a ", "A", "A.", "A. ", "a.A", "aa.Aa", "Mr. ", "U.S. ", "/?a", "?a", "!a", "!)", "! a", "...", "..a", ". ", ".", "?", "!?", "\"", "“", "”", "'", "“a.” b ", "…", "。", "。”",
        "一", "一1", "，", "1点", "1-2赢", "第", "\u200b", "\u200d", "\u0301", "a\u0301", "\ud83d\ude00", "\ud83d", "\uff11", "½", "²", "\n", "a\n", "\n\n", " ", "  a", "\t", "\r\n", "a\r\n",
        "```\n", "```a", "```a```", "~~~\n", "a [b](c) **d** `e` $f$ \"g\" 1.5 http://h.i/?j=k 一二。<b>&amp; ", "1. a\n", " :) ", ":)", "-_-", "±", "é", "か", "한", "\u0000",
    ];

    [Theory]
    [MemberData(nameof(Parts))]
    public void Four_times_as_much_costs_no_more_than_eight_times_the_work(string part) => Hold(length => Repeat(part, length));

    /// <summary>What is nasty in front and at the end of something else: what opens and never closes, what closes at the very end.</summary>
    [Theory]
    [InlineData("[", "a", "](b)")]
    [InlineData("[", "a", "")]
    [InlineData("", "[", "](b)")]
    [InlineData("", "[a", ">")]
    [InlineData("", "<a ", ">")]
    [InlineData("", "<!-- ", "-->")]
    [InlineData("", "$a ", "$")]
    [InlineData("", "==a ", "==")]
    [InlineData("", "!) ", "a")]
    [InlineData("", "!)", " a")]
    [InlineData("a", " ", "")]
    [InlineData("", " ", "a.")]
    [InlineData("a", "\n", "")]
    [InlineData("```", "a", "")]
    [InlineData("<!--", "a. ", "")]
    [InlineData("“", "a. ", "")]
    [InlineData("`", "a. ", "")]
    [InlineData("<think>", "a. ", "")]
    [InlineData("$", "x", "$")]
    [InlineData("$$", "\\frac{1}{2}", "$$")]
    [InlineData("http://a.b/", "c?d", "")]
    [InlineData("1", "0", ".")]
    public void Nor_does_what_stands_between_two_signs(string opens, string part, string closes) => Hold(length => opens + Repeat(part, length) + closes);

    /// <summary>Each inside the one before it, and all of them closed: neither the square, nor the end of the stack.</summary>
    [Theory]
    [InlineData("[", "](b)")]
    [InlineData("![", "](b)")]
    [InlineData("[", "][b]")]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("<", ">")]
    [InlineData("$", "$")]
    [InlineData("**a", "**")]
    [InlineData("A<", ">")]
    [InlineData("\\frac{", "}{2}")]
    [InlineData("$\\frac{", "}{2}$")]
    [InlineData("\\sqrt{", "}")]
    [InlineData("x^{", "}")]
    [InlineData("“", "”")]
    [InlineData("<think>", "</think>")]
    [InlineData("<b>", "</b>")]
    public void Nor_does_what_stands_inside_of_itself(string opens, string closes) => Hold(length => Nest(opens, closes, length));

    /// <summary>Runs of one sign that get shorter: none of them is closed by the next.</summary>
    [Theory]
    [InlineData('`', "a")]
    [InlineData('`', "\n")]
    [InlineData('~', "\n")]
    [InlineData('*', "a")]
    [InlineData('$', "a")]
    [InlineData('=', "a")]
    [InlineData('_', "a")]
    public void Nor_do_runs_that_nothing_closes(char sign, string between) => Hold(length => Descend(sign, between, length));

    private static void Hold(Func<int, string> write) => Assert.All(Entries, entry => Hold(entry.Name, entry.Do, write(entry.Length), write(entry.Length * Times)));

    private static void Hold(string name, Func<string, int> work, string few, string many)
    {
        work(few);
        var (fewBytes, fewTime) = Measure(work, few);
        var (manyBytes, manyTime) = Measure(work, many);
        for (var run = 1; run < Runs && !IsHeld(); run++)
        {
            var (again, more) = (Measure(work, few), Measure(work, many));
            (fewBytes, fewTime) = (Math.Min(fewBytes, again.Bytes), Math.Min(fewTime, again.Time));
            (manyBytes, manyTime) = (Math.Min(manyBytes, more.Bytes), Math.Min(manyTime, more.Time));
        }

        Assert.True(
            IsHeld(), $"{name}: {fewBytes} bytes and {fewTime} ns for {few.Length} characters, {manyBytes} bytes and {manyTime} ns for {many.Length}.");

        bool IsHeld() => manyBytes <= (Most * fewBytes) + LittleMemory && manyTime <= (Most * fewTime) + LittleTime + (manyBytes * TimeOfMemory);
    }

    private static (long Bytes, long Time) Measure(Func<string, int> work, string text)
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var began = Now();
        work(text);
        return (GC.GetAllocatedBytesForCurrentThread() - bytes, Now() - began);
    }

    /// <summary>How long this thread had a processor, in nanoseconds; the clock where the system does not tell.</summary>
    private static long Now()
    {
        const int threadTime = 3;
        return OperatingSystem.IsLinux() && GetTime(threadTime, out var time) == 0
            ? (time.Seconds * 1_000_000_000L) + time.Nanoseconds
            : (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out SystemTime time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct SystemTime(nint Seconds, nint Nanoseconds);

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class AloneDefinition;

    private static string Repeat(string part, int length) => string.Concat(Enumerable.Repeat(part, length / part.Length));

    private static string Nest(string opens, string closes, int length)
    {
        var depth = length / (opens.Length + closes.Length);
        return string.Concat(Enumerable.Repeat(opens, depth)) + "1" + string.Concat(Enumerable.Repeat(closes, depth));
    }

    private static string Descend(char sign, string between, int length)
    {
        var text = new StringBuilder(length);
        for (var run = (int)Math.Sqrt(2 * length); run > 0; run--)
        {
            text.Append(sign, run).Append(between);
        }

        return text.ToString();
    }

    private static int Stream(string text, int size)
    {
        var stream = new SentenceStream();
        var pieces = 0;
        for (var at = 0; at < text.Length; at += size)
        {
            pieces += stream.Push(text.Substring(at, Math.Min(size, text.Length - at))).Count();
        }

        return pieces + stream.End().Count();
    }

    private static int Reason(string text, int size)
    {
        var filter = new ReasoningFilter();
        var length = 0;
        for (var at = 0; at < text.Length; at += size)
        {
            length += filter.Push(text.AsSpan(at, Math.Min(size, text.Length - at))).Length;
        }

        return length + filter.End().Length;
    }
}
