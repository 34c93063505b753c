using System.Text;

namespace Holdfast.Speech;

/// <summary>A text that was made from another one, and where each of its characters comes from.</summary>
/// <remarks>So a word that is spoken still lights up where it is written.</remarks>
internal sealed class MappedText
{
    private readonly int[] _origins;
    private readonly int[] _ends;

    private MappedText(string text, int[] origins, int[] ends, int originalLength)
    {
        (Text, _origins, _ends, OriginalLength) = (text, origins, ends, originalLength);
    }

    /// <summary>The text that was made.</summary>
    public string Text { get; }

    /// <summary>How long the original is, in UTF-16 units.</summary>
    public int OriginalLength { get; }

    /// <summary>The part of the original that a part of the text stands for.</summary>
    /// <param name="at">Where the part begins in the text.</param>
    /// <param name="length">How long it is there; 1 or more.</param>
    public (int At, int Length) OriginOf(int at, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var (start, end) = (_origins[at], _ends[at]);
        for (var i = at + 1; i < at + length; i++)
        {
            (start, end) = (Math.Min(start, _origins[i]), Math.Max(end, _ends[i]));
        }

        return (start, end - start);
    }

    /// <summary>A part of the text, which still knows where it comes from.</summary>
    public MappedText Slice(int at, int length) => new(Text.Substring(at, length), _origins[at..(at + length)], _ends[at..(at + length)], OriginalLength);

    /// <summary>What a text that was made from this one comes from.</summary>
    /// <param name="next">Made from <see cref="Text"/>.</param>
    public MappedText Then(MappedText next)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentOutOfRangeException.ThrowIfNotEqual(next.OriginalLength, Text.Length, nameof(next));
        var (origins, ends) = (new int[next.Text.Length], new int[next.Text.Length]);
        for (var i = 0; i < origins.Length; i++)
        {
            if (i > 0 && next._origins[i] == next._origins[i - 1] && next._ends[i] == next._ends[i - 1])
            {
                // The words of one token have one origin: it is looked for once.
                (origins[i], ends[i]) = (origins[i - 1], ends[i - 1]);
                continue;
            }

            var (at, length) = OriginOf(next._origins[i], Math.Max(1, next._ends[i] - next._origins[i]));
            (origins[i], ends[i]) = (at, at + length);
        }

        return new MappedText(next.Text, origins, ends, OriginalLength);
    }

    /// <summary>Writes a text while remembering where it comes from.</summary>
    public sealed class Builder
    {
        private readonly StringBuilder _text = new();
        private readonly List<int> _origins = [];
        private readonly List<int> _ends = [];

        /// <summary>How long the text is so far.</summary>
        public int Length => _text.Length;

        /// <summary>The character written last; a space before the first.</summary>
        public char Last => _text.Length == 0 ? ' ' : _text[^1];

        /// <summary>Adds a character of the original as it is.</summary>
        public void Keep(char c, int origin)
        {
            _text.Append(c);
            _origins.Add(origin);
            _ends.Add(origin + 1);
        }

        /// <summary>Adds characters that stand for a part of the original.</summary>
        /// <param name="text">What is added.</param>
        /// <param name="origin">Where the part begins.</param>
        /// <param name="length">How long it is there; 1 or more.</param>
        public void Put(ReadOnlySpan<char> text, int origin, int length)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
            _text.Append(text);
            for (var i = 0; i < text.Length; i++)
            {
                _origins.Add(origin);
                _ends.Add(origin + length);
            }
        }

        /// <summary>Ends the text.</summary>
        /// <param name="originalLength">How long the original is.</param>
        public MappedText Build(int originalLength) => new(_text.ToString(), [.. _origins], [.. _ends], originalLength);
    }
}
