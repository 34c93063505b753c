using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Holdfast.Sessions;

/// <summary>Names a session: 53 random bits, so that it is a number in every JSON reader and nobody guesses one.</summary>
/// <remarks>
/// It names and proves nothing: what changes a session needs its <see cref="ResumeToken"/>. It is a number because
/// clients written for LiveTalking send <c>Number(id)</c>.
/// </remarks>
public readonly record struct SessionId : IParsable<SessionId>
{
    /// <summary>2^53 - 1, the largest integer that JavaScript holds exactly.</summary>
    private const long MaxValue = 9_007_199_254_740_991;

    private SessionId(long value) => Value = value;

    /// <summary>From 1 to 2^53 - 1.</summary>
    public long Value { get; }

    /// <summary>A new id from the system's cryptographic generator.</summary>
    public static SessionId New()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        long value;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            value = BitConverter.ToInt64(bytes) & MaxValue;
        }
        while (value == 0);
        return new SessionId(value);
    }

    /// <summary>The id of a number, where it is one.</summary>
    internal static bool TryFrom(long value, out SessionId id)
    {
        var valid = value is > 0 and <= MaxValue;
        id = valid ? new SessionId(value) : default;
        return valid;
    }

    /// <summary>Reads decimal digits; anything else, zero included, is no id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out SessionId result)
    {
        var valid = long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and <= MaxValue;
        result = valid ? new SessionId(value) : default;
        return valid;
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">It is not an id.</exception>
    public static SessionId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("A session id is a whole number from 1 to 2^53 - 1.");

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
