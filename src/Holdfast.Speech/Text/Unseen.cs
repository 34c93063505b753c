namespace Holdfast.Speech;

/// <summary>What of a text HTML never shows: comments, styles, scripts.</summary>
/// <param name="text">All of the text.</param>
/// <remarks>Where the last of each kind closes is looked up once, so that many that never close cost no more than one.</remarks>
internal sealed class Unseen(string text)
{
    private const int NotLookedUp = -2;

    private static readonly (string Opens, string Closes)[] Kinds = [("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>")];

    private readonly int[] _lastClose = [NotLookedUp, NotLookedUp, NotLookedUp];

    /// <summary>Just behind what begins here. 0 where nothing does, or where it does not end.</summary>
    public int EndAt(int at)
    {
        var kind = KindAt(at);
        if (kind < 0)
        {
            return 0;
        }

        var (opens, closes) = Kinds[kind];
        if (_lastClose[kind] == NotLookedUp)
        {
            _lastClose[kind] = text.LastIndexOf(closes, StringComparison.OrdinalIgnoreCase);
        }

        return _lastClose[kind] < at + opens.Length ? 0 : text.IndexOf(closes, at + opens.Length, StringComparison.OrdinalIgnoreCase) + closes.Length;
    }

    /// <summary>Where something begins before a place that goes on beyond it; -1 where nothing does.</summary>
    /// <param name="from">Where to begin: outside of all of it.</param>
    /// <param name="place">The place.</param>
    public int Across(int from, int place)
    {
        var isCode = false;
        for (var at = from; at < place; at++)
        {
            isCode ^= text[at] == '`';
            if (isCode || KindAt(at) < 0)
            {
                continue;
            }

            var end = EndAt(at);
            if (end == 0 || end > place)
            {
                return at;
            }

            at = end - 1;
        }

        return -1;
    }

    private int KindAt(int at) => text[at] == '<' ? Array.FindIndex(Kinds, kind => IsOpened(text.AsSpan(at), kind.Opens)) : -1;

    private static bool IsOpened(ReadOnlySpan<char> text, string opens) =>
        text.StartsWith(opens, StringComparison.OrdinalIgnoreCase)
        && (opens[^1] == '-' || (text.Length > opens.Length && (text[opens.Length] == '>' || char.IsWhiteSpace(text[opens.Length]))));
}
