namespace Holdfast.Speech;

/// <summary>Says how long a person is to be silent before their turn is over. Register one of your own to decide otherwise, for example with a model that hears it.</summary>
public interface IEndOfTurn
{
    /// <summary>How much silence ends the turn, as things stand. Asked again and again while the person is silent; returns at once.</summary>
    /// <param name="heard">What they said so far.</param>
    TimeSpan SilenceAfter(HeardSoFar heard);
}

/// <summary>What a person said so far in their turn.</summary>
/// <param name="Text">Their words, where a recogniser gave them already; null where not.</param>
/// <param name="Spoken">How long it lasts, without the silence at its end.</param>
/// <param name="Sound">16 kHz mono; read only during the call.</param>
public readonly record struct HeardSoFar(string? Text, TimeSpan Spoken, ReadOnlyMemory<short> Sound);

/// <summary>A fixed silence, and a longer one after words that nobody ends with.</summary>
internal sealed class SilenceEndOfTurn(TimeSpan usual, TimeSpan afterOpenEnd) : IEndOfTurn
{
    /// <summary>Words after which more follows.</summary>
    private static readonly string[] OpenWords =
    [
        "and", "or", "but", "so", "because", "if", "when", "that", "the", "a", "an", "to", "of", "with", "for", "um", "uh", "er", "like", "my",
        "和", "跟", "或者", "还有", "但是", "可是", "因为", "所以", "如果", "然后", "那个", "这个", "就是", "嗯", "呃",
    ];

    public TimeSpan SilenceAfter(HeardSoFar heard) => heard.Text is { } text && IsOpen(text) ? afterOpenEnd : usual;

    internal static bool IsOpen(string text)
    {
        var end = text.AsSpan().TrimEnd();
        if (end.IsEmpty)
        {
            return false;
        }

        if (end[^1] is ',' or '，' or '、' or ':' or '：' or '-' or '—' || end.EndsWith("...") || end[^1] == '…')
        {
            return true;
        }

        if (end[^1] is '.' or '!' or '?' or '。' or '！' or '？')
        {
            // A recogniser puts a full stop after anything; a question is one.
            if (end[^1] is not ('.' or '。'))
            {
                return false;
            }

            end = end[..^1].TrimEnd();
        }

        foreach (var word in OpenWords)
        {
            if (end.EndsWith(word, StringComparison.OrdinalIgnoreCase)
                && (word[0] > 127 || end.Length == word.Length || !char.IsLetterOrDigit(end[^(word.Length + 1)])))
            {
                return true;
            }
        }

        return false;
    }
}
