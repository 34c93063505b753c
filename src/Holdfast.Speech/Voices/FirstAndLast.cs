using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// Reads what a program says of itself to its end, however much that is, and keeps the first and the last of it: what went wrong stands at
/// the beginning or at the end, and what is between may be without bound.
/// </summary>
internal sealed class FirstAndLast
{
    /// <summary>Bytes kept of each end.</summary>
    public const int KeptBytes = 2 * 1024;

    private readonly byte[] _first = new byte[KeptBytes];
    private readonly byte[] _last = new byte[KeptBytes];
    private long _read;

    /// <summary>Reads all of a stream; the memory it takes does not depend on how much comes.</summary>
    /// <returns>One line of text, with what was left out counted.</returns>
    public static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var kept = new FirstAndLast();
        var bytes = new byte[4 * 1024];
        int read;
        while ((read = await stream.ReadAsync(bytes, cancellationToken)) > 0)
        {
            kept.Add(bytes.AsSpan(0, read));
        }

        return kept.ToString();
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var toFirst = (int)Math.Min(bytes.Length, Math.Max(0, KeptBytes - _read));
        bytes[..toFirst].CopyTo(_first.AsSpan((int)Math.Min(_read, KeptBytes)));
        _read += toFirst;
        foreach (var value in bytes[toFirst..])
        {
            _last[_read++ % KeptBytes] = value;
        }
    }

    /// <summary>What was kept, in one line: line ends and other control characters become blanks.</summary>
    public override string ToString()
    {
        var first = Encoding.UTF8.GetString(_first.AsSpan(0, (int)Math.Min(_read, KeptBytes)));
        var beyond = _read - KeptBytes;
        if (beyond <= 0)
        {
            return InOneLine(first);
        }

        var last = new byte[Math.Min(beyond, KeptBytes)];
        for (var i = 0; i < last.Length; i++)
        {
            last[i] = _last[(_read - last.Length + i) % KeptBytes];
        }

        var leftOut = beyond - last.Length;
        var between = leftOut == 0 ? "" : $" [{leftOut} bytes left out] ";
        return InOneLine(first + between + Encoding.UTF8.GetString(last));
    }

    private static string InOneLine(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        }
    }).Trim();
}
