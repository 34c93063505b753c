using System.Text;

namespace Holdfast.Speech;

/// <summary>What is shown and never said.</summary>
internal static class Emoji
{
    /// <summary>The one key whose number is no digit with a frame around it: it is said.</summary>
    public const int KeycapTen = 0x1F51F;

    /// <summary>Whether a letter with a frame is shown as a picture, for which the next character asks: "ℹ️", "Ⓜ️".</summary>
    public static bool IsPicture(Rune rune, char next) => next == '\uFE0F' && rune.Value is (0x2139 or 0x24C2);

    /// <summary>
    /// Whether a character is an emoji, a part of one, or a picture. Signs that have a name when read aloud, such as ° © € or →, are none.
    /// </summary>
    public static bool Is(Rune rune) => rune.Value switch
    {
        0x20E3 or 0xFE0E or 0xFE0F => true,
        >= 0x1F000 and <= 0x1FAFF => true,
        >= 0x1FB00 and <= 0x1FBFF => true,
        >= 0xE0020 and <= 0xE007F => true,
        >= 0x2600 and <= 0x27BF => rune.Value is not (0x2640 or 0x2642 or 0x266D or 0x266F),
        >= 0x2B00 and <= 0x2BFF => rune.Value is not (0x2B05 or 0x2B06 or 0x2B07),
        >= 0x2300 and <= 0x23FF => rune.Value is not (0x2318 or 0x2325 or 0x232B or 0x2300 or 0x2329 or 0x232A),
        0x3030 or 0x303D or 0x3297 or 0x3299 => true,
        _ => false,
    };
}
