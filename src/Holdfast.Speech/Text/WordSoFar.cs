namespace Holdfast.Speech;

/// <summary>What is known of the word that is being read, so that none of its signs goes back over it: the cost is linear.</summary>
internal struct WordSoFar(int start)
{
    private int _address = start;
    private bool _hasSlash;

    /// <summary>Where it begins: behind the last blank.</summary>
    public int Start { get; private set; } = start;

    /// <summary>Whether a sign stands in it that joins names: of a file, a host, a type.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>Whether it is an address, from its beginning or from the last wide character on.</summary>
    public readonly bool IsAddress(ReadOnlySpan<char> text) => _hasSlash || text[_address..].StartsWith("www.", StringComparison.OrdinalIgnoreCase);

    public void Read(char c, int at)
    {
        if (char.IsWhiteSpace(c))
        {
            (Start, _address, _hasSlash, IsJoined) = (at + 1, at + 1, false, false);
            return;
        }

        IsJoined |= c is '.' or '/' or '@' or ':';
        _hasSlash |= c == '/';
        if (SentenceEnd.IsWide(c))
        {
            (_address, _hasSlash) = (at + 1, false);
        }
    }
}
