using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// Unicode's normalisation form KC (UAX #15): "１２３" is 123, mathematical bold letters are letters. What has words of its own stays as it is:
/// raised and lowered digits, fractions, Roman numerals, wide punctuation, emoji.
/// </summary>
/// <remarks>By a table of the house's own, since the runtime's needs ICU (ADR 14). The cost is linear in the text's length.</remarks>
internal static class Nfkc
{
    /// <summary>Marks beyond so many on one character begin anew (UAX #15, section 13, Stream-Safe Text Format).</summary>
    private const int MaxCluster = 32;

    private const int LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7, SBase = 0xAC00, LCount = 19, VCount = 21, TCount = 28;

    private static readonly Lazy<Table> Data = new(Table.Read);

    /// <summary>The same text in normal form, and where each of its characters comes from.</summary>
    public static MappedText Of(string text) => Of(text, keepsOwnWords: true);

    /// <param name="text">The text.</param>
    /// <param name="keepsOwnWords">False for the form as the standard has it, with nothing left as it is.</param>
    internal static MappedText Of(string text, bool keepsOwnWords)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new MappedText.Builder();
        for (var at = 0; at < text.Length;)
        {
            var end = at + 1;
            if (IsUnchanged(text[at]) && (end == text.Length || IsUnchanged(text[end])))
            {
                output.Keep(text[at], at);
                at = end;
                continue;
            }

            if (keepsOwnWords && end < text.Length && Emoji.IsPicture(RuneAt(text, at), text[end]))
            {
                // Left out, as emoji are later: its letter is no word.
                output.Put(" ", at, 2);
                at += 2;
                continue;
            }

            end = EndOfCluster(text, at, keepsOwnWords);
            var written = text.AsSpan(at, end - at);
            var normal = keepsOwnWords && IsKept(RuneAt(text, at)) ? written.ToString() : Compose(written);
            if (written.SequenceEqual(normal))
            {
                for (var i = at; i < end; i++)
                {
                    output.Keep(text[i], i);
                }
            }
            else
            {
                output.Put(normal, at, end - at);
            }

            at = end;
        }

        return output.Build(text.Length);
    }

    /// <summary>Neither changed by itself, nor by what stands before it.</summary>
    private static bool IsUnchanged(char c) => c is < '\u00A0' or >= '\u4E00' and <= '\u9FFF' or '\u3001' or '\u3002' or >= '\u2010' and <= '\u201F' and not '\u2011' and not '\u2017';

    private static bool IsKept(Rune rune) => rune.Value is 0xB2 or 0xB3 or 0xB9 or >= 0xBC and <= 0xBE or >= 0x2070 and <= 0x209C or >= 0x2150 and <= 0x218B
        or >= 0x2460 and <= 0x2473 or 0x2116 or 0x2120 or 0x2122 or 0x2025 or 0x2026 or 0xFF01 or 0xFF08 or 0xFF09 or 0xFF0C or 0xFF1A or 0xFF1B or 0xFF1F or 0xFF5E || Emoji.Is(rune);

    private static Rune RuneAt(string text, int at) =>
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : Rune.ReplacementChar;

    /// <summary>A cluster goes on as long as what comes may compose with what is before it, or change places with it.</summary>
    private static int EndOfCluster(string text, int at, bool keepsOwnWords)
    {
        var rune = RuneAt(text, at);
        var end = at + (rune == Rune.ReplacementChar ? 1 : rune.Utf16SequenceLength);
        if (keepsOwnWords && IsKept(rune))
        {
            return end;
        }

        for (var count = 1; end < text.Length && count < MaxCluster; count++)
        {
            var next = RuneAt(text, end);
            if (!Data.Value.Follows(next.Value) || (keepsOwnWords && IsKept(next)))
            {
                break;
            }

            end += next == Rune.ReplacementChar ? 1 : next.Utf16SequenceLength;
        }

        return end;
    }

    private static string Compose(ReadOnlySpan<char> cluster)
    {
        var table = Data.Value;
        var points = new List<int>();
        while (!cluster.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(cluster, out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                // Half a surrogate pair stays what it is: it is shown, and never said.
                points.Add(cluster[0]);
                cluster = cluster[1..];
                continue;
            }

            table.Decompose(rune.Value, points);
            cluster = cluster[length..];
        }

        Order(points, table);
        Join(points, table);
        var composed = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            _ = point is >= 0xD800 and <= 0xDFFF ? composed.Append((char)point) : composed.Append(char.ConvertFromUtf32(point));
        }

        return composed.ToString();
    }

    /// <summary>Marks of one base in the order of their classes; those of one class stay as they are.</summary>
    private static void Order(List<int> points, Table table)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var mark = table.ClassOf(points[i]);
            for (var j = i; mark != 0 && j > 0 && table.ClassOf(points[j - 1]) > mark; j--)
            {
                (points[j - 1], points[j]) = (points[j], points[j - 1]);
            }
        }
    }

    private static void Join(List<int> points, Table table)
    {
        var starter = -1;
        var before = -1;
        for (var i = 0; i < points.Count; i++)
        {
            var mark = table.ClassOf(points[i]);
            var isBlocked = before >= mark && i - 1 > starter;
            if (starter >= 0 && !isBlocked && table.TryCompose(points[starter], points[i], out var whole))
            {
                points[starter] = whole;
                points.RemoveAt(i--);
                continue;
            }

            (starter, before) = mark == 0 ? (i, -1) : (starter, mark);
        }
    }

    /// <summary>What the Unicode Character Database says of what this form changes.</summary>
    private sealed class Table
    {
        private readonly Dictionary<int, int[]> _whole = [];
        private readonly Dictionary<(int, int), int> _pairs = [];
        private readonly Dictionary<int, byte> _classes = [];
        private readonly HashSet<int> _seconds = [];

        public static Table Read()
        {
            using var stream = typeof(Nfkc).Assembly.GetManifestResourceStream("nfkc.txt")!;
            using var reader = new StreamReader(stream);
            var table = new Table();
            while (reader.ReadLine() is { } line)
            {
                var part = line.Split(' ');
                switch (part[0])
                {
                    case "D":
                        table._whole.Add(Hex(part[1]), [.. part.Skip(2).Select(Hex)]);
                        break;
                    case "C":
                        table._pairs.Add((Hex(part[1]), Hex(part[2])), Hex(part[3]));
                        table._seconds.Add(Hex(part[2]));
                        break;
                    case "R":
                        for (var point = Hex(part[1]); point <= Hex(part[2]); point++)
                        {
                            table._classes.Add(point, byte.Parse(part[3], CultureInfo.InvariantCulture));
                        }

                        break;
                }
            }

            return table;
        }

        public int ClassOf(int point) => _classes.GetValueOrDefault(point);

        /// <summary>Whether a character may compose with one before it, or belongs in another order with it.</summary>
        public bool Follows(int point)
        {
            var first = _whole.TryGetValue(point, out var whole) ? whole[0] : point;
            return ClassOf(first) != 0 || _seconds.Contains(first) || first is >= VBase and < VBase + VCount or > TBase and < TBase + TCount;
        }

        public void Decompose(int point, List<int> into)
        {
            if (point is >= SBase and < SBase + (LCount * VCount * TCount))
            {
                var index = point - SBase;
                into.Add(LBase + (index / (VCount * TCount)));
                into.Add(VBase + (index % (VCount * TCount) / TCount));
                if (index % TCount != 0)
                {
                    into.Add(TBase + (index % TCount));
                }
            }
            else if (_whole.TryGetValue(point, out var whole))
            {
                into.AddRange(whole);
            }
            else
            {
                into.Add(point);
            }
        }

        public bool TryCompose(int first, int second, out int whole)
        {
            if (first is >= LBase and < LBase + LCount && second is >= VBase and < VBase + VCount)
            {
                whole = SBase + ((((first - LBase) * VCount) + second - VBase) * TCount);
                return true;
            }

            if (first is >= SBase and < SBase + (LCount * VCount * TCount) && (first - SBase) % TCount == 0 && second is > TBase and < TBase + TCount)
            {
                whole = first + second - TBase;
                return true;
            }

            return _pairs.TryGetValue((first, second), out whole);
        }

        private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
