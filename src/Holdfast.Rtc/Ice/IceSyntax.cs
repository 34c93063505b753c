using System.Buffers;

namespace Holdfast.Rtc.Ice;

/// <summary>The syntax of ICE credentials (RFC 8839 section 5.4).</summary>
internal static class IceSyntax
{
    /// <summary>Characters of the shortest ufrag.</summary>
    public const int MinUfragLength = 4;

    /// <summary>Characters of the shortest password.</summary>
    public const int MinPasswordLength = 22;

    /// <summary>Characters of the longest ufrag or password.</summary>
    public const int MaxLength = 256;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private static readonly SearchValues<byte> Octets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Whether a text is made of ice-char only.</summary>
    public static bool IsIceChars(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Characters);

    /// <summary>Whether a text can be a ufrag.</summary>
    public static bool IsUfrag(ReadOnlySpan<char> text) =>
        text.Length is >= MinUfragLength and <= MaxLength && IsIceChars(text);

    /// <summary>Whether ASCII bytes can be a ufrag.</summary>
    public static bool IsUfrag(ReadOnlySpan<byte> text) =>
        text.Length is >= MinUfragLength and <= MaxLength && !text.ContainsAnyExcept(Octets);

    /// <summary>Whether a text can be a password.</summary>
    public static bool IsPassword(ReadOnlySpan<char> text) =>
        text.Length is >= MinPasswordLength and <= MaxLength && IsIceChars(text);
}
