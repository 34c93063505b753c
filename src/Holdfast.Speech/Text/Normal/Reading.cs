namespace Holdfast.Speech;

/// <summary>A sentence while it is turned into words: how far it was read, and what is said of it so far.</summary>
internal sealed class Reading(string text)
{
    private readonly MappedText.Builder _output = new();
    private bool _wasSaid;

    // A blank is written only before a word: a pause takes its place.
    private int? _blank;

    /// <summary>The sentence as it is written.</summary>
    public string Text { get; } = text;

    /// <summary>How far it was read.</summary>
    public int At { get; private set; }

    /// <summary>How often a rule was tried; bounded by the length of the sentence.</summary>
    public int Tries { get; set; }

    /// <summary>The character said last; a blank before the first.</summary>
    private char Last => _blank is null ? _output.Last : ' ';

    public bool IsAtEnd => At >= Text.Length;

    /// <summary>The character here.</summary>
    public char Here => Text[At];

    /// <summary>A character from here, a blank beyond the sentence's ends.</summary>
    public char Look(int offset) => At + offset is >= 0 and var at && at < Text.Length ? Text[at] : ' ';

    /// <summary>Says words for the next characters.</summary>
    public void Say(string words, int length)
    {
        if (words.Length > 0)
        {
            WriteBlank(isNew: char.IsLetterOrDigit(Last) && !(SentenceEnd.IsWide(Last) && SentenceEnd.IsWide(words[0])) && char.IsLetterOrDigit(words[0]), words[0]);
            _output.Put(words, At, length);
            _wasSaid = true;
        }

        At += length;
    }

    /// <summary>Says the next characters as they are.</summary>
    public void Keep(int length = 1)
    {
        WriteBlank(_wasSaid && char.IsLetterOrDigit(Last) && char.IsLetterOrDigit(Here) && !(SentenceEnd.IsWide(Last) && SentenceEnd.IsWide(Here)), Here);
        _wasSaid = false;
        for (var end = At + length; At < end; At++)
        {
            _output.Keep(Text[At], At);
        }
    }

    /// <summary>Says a letter, or a digit of another script, as it is; what is none says nothing.</summary>
    public void KeepLetter(Func<int, string> digit)
    {
        if (System.Text.Rune.DecodeFromUtf16(Text.AsSpan(At), out var rune, out var length) != System.Buffers.OperationStatus.Done)
        {
            Skip();
        }
        else if (System.Globalization.CharUnicodeInfo.GetDecimalDigitValue(Text, At) is >= 0 and var value)
        {
            Say(digit(value), length);
        }
        else if (System.Text.Rune.IsLetter(rune) || System.Text.Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark)
        {
            Keep(length);
        }
        else
        {
            Blank();
            Skip(length - 1);
        }
    }

    /// <summary>Says nothing for the next character but that a word ends here.</summary>
    public void Blank()
    {
        _blank ??= At;
        At++;
    }

    /// <summary>Says nothing at all for the next characters.</summary>
    public void Skip(int length = 1) => At += length;

    /// <summary>Pauses for the next character, unless there is a pause already.</summary>
    public void Pause(string mark)
    {
        if (char.IsLetterOrDigit(_output.Last))
        {
            _output.Put(mark, At, 1);
            _blank = At;
        }

        _wasSaid = false;
        At++;
    }

    private void WriteBlank(bool isNew, char next)
    {
        // Between two characters of Chinese a blank says nothing.
        var isWanted = isNew || (_blank is not null && _output.Length > 0 && !(SentenceEnd.IsWide(_output.Last) && SentenceEnd.IsWide(next)));
        if (isWanted)
        {
            _output.Put(" ", _blank ?? At, 1);
        }

        _blank = null;
    }

    /// <summary>What is said of the whole.</summary>
    public MappedText Build() => _output.Build(Text.Length);
}
