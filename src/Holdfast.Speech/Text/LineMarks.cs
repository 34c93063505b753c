namespace Holdfast.Speech;

/// <summary>
/// What one look over a line tells of the signs in it. No sign looks for its other end by itself: a line of nothing but signs costs as much as any other.
/// </summary>
/// <param name="text">All of the text; places are in it.</param>
internal sealed class LineMarks(string text)
{
    private const int NotLookedUp = -2;
    private const int None = -1;

    private int _start;
    private int _end;
    private int[]? _closes;
    private int _stars;
    private int _firstUnderscore;
    private (int FirstOpen, int LastClose) _equals;
    private (int FirstOpen, int LastClose) _pluses;

    /// <summary>A line, or a cell of one: what was known of another is forgotten.</summary>
    public void Begin(int start, int end)
    {
        (_start, _end, _closes) = (start, end, null);
        (_stars, _firstUnderscore) = (NotLookedUp, NotLookedUp);
        _equals = _pluses = (NotLookedUp, NotLookedUp);
    }

    /// <summary>The line.</summary>
    public ReadOnlySpan<char> Line => text.AsSpan(_start, _end - _start);

    /// <summary>Where the line begins.</summary>
    public int Start => _start;

    /// <summary>Where the bracket closes that opens here, or where the run of backticks begins that closes this one. -1 where nothing does.</summary>
    public int CloseOf(int at)
    {
        _closes ??= FindCloses();
        return _closes[at - _start];
    }

    /// <summary>Whether the stars of the line come in pairs.</summary>
    public bool HasPairsOfStars
    {
        get
        {
            if (_stars == NotLookedUp)
            {
                _stars = Line.Count('*');
            }

            return _stars % 2 == 0;
        }
    }

    /// <summary>Whether a line below opens something before a place.</summary>
    public bool IsUnderscoreOpenBefore(int place)
    {
        if (_firstUnderscore == NotLookedUp)
        {
            _firstUnderscore = _end;
            for (var i = _start; i < _end; i++)
            {
                if (text[i] == '_' && (i == 0 || !char.IsLetterOrDigit(text[i - 1])))
                {
                    _firstUnderscore = i;
                    break;
                }
            }
        }

        return _firstUnderscore < place;
    }

    /// <summary>Whether two equal signs or pluses here are one end of ==marked== or ++inserted++ words.</summary>
    public bool IsPair(int at)
    {
        ref var pair = ref text[at] == '=' ? ref _equals : ref _pluses;
        if (pair.FirstOpen == NotLookedUp)
        {
            pair = FindPair(text[at]);
        }

        return (CanOpen(at) && pair.LastClose >= at + 3) || (CanClose(at) && pair.FirstOpen is >= 0 and var open && open <= at - 3);
    }

    private (int FirstOpen, int LastClose) FindPair(char sign)
    {
        var found = (FirstOpen: None, LastClose: None);
        for (var i = _start; i < _end; i++)
        {
            if (text[i] == sign)
            {
                found.FirstOpen = found.FirstOpen < 0 && CanOpen(i) ? i : found.FirstOpen;
                found.LastClose = CanClose(i) ? i : found.LastClose;
            }
        }

        return found;
    }

    private bool CanOpen(int at) => IsTwo(at) && at + 2 < _end && !char.IsWhiteSpace(text[at + 2]) && (at == _start || !char.IsAsciiLetterOrDigit(text[at - 1]));

    private bool CanClose(int at) => IsTwo(at) && at > _start && !char.IsWhiteSpace(text[at - 1]) && (at + 2 >= _end || !char.IsAsciiLetterOrDigit(text[at + 2]));

    private bool IsTwo(int at) =>
        at + 1 < _end && text[at + 1] == text[at] && (at == _start || text[at - 1] != text[at]) && (at + 2 >= _end || text[at + 2] != text[at]);

    private int[] FindCloses()
    {
        var closes = new int[_end - _start];
        Array.Fill(closes, None);
        FindBrackets(closes, '[', ']');
        FindBrackets(closes, '(', ')');
        FindCode(closes);
        return closes;
    }

    private void FindBrackets(int[] closes, char opens, char closing)
    {
        var open = new Stack<int>();
        for (var i = _start; i < _end; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == opens)
            {
                open.Push(i);
            }
            else if (text[i] == closing && open.TryPop(out var at))
            {
                closes[at - _start] = i;
            }
        }
    }

    /// <summary>Code is closed by the next run of backticks that is as long as the one before it, or longer. What of a run is left behind an escaped one counts as well.</summary>
    private void FindCode(int[] closes)
    {
        // The runs behind the place, the nearest on top, each longer than those above it: no other can close anything.
        var behind = new Stack<(int Start, int Length)>();
        for (var i = _end - 1; i >= _start; i--)
        {
            if (text[i] != '`')
            {
                continue;
            }

            var last = i;
            var length = 0;
            for (; i >= _start && text[i] == '`'; i--)
            {
                length++;
                while (behind.TryPeek(out var nearest) && nearest.Length < length)
                {
                    behind.Pop();
                }

                closes[i - _start] = behind.TryPeek(out var run) ? run.Start : None;
            }

            if (behind.TryPeek(out var same) && same.Length == length)
            {
                behind.Pop();
            }

            behind.Push((last - length + 1, length));
        }
    }
}
