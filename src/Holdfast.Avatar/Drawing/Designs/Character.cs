using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>A character: what it looks like, how it moves, which voice it has.</summary>
/// <param name="Design">How it is drawn.</param>
/// <param name="Motion">When it blinks and where it looks.</param>
/// <param name="Voice">The voice id it asks the text-to-speech client for.</param>
/// <param name="DisplayName">What people call it, by language tag.</param>
internal sealed record Character(
    CharacterDesign Design, CharacterMotion Motion, string Voice, IReadOnlyDictionary<string, string> DisplayName)
{
    public static IReadOnlyList<Character> All { get; } =
    [
        new(
            Lin.Design,
            new CharacterMotion(0.00f, [34, 96, 143, 152, 216], [new(0, 0, 0), new(58, -0.38f, 0.10f), new(84, 0, 0), new(128, 0.34f, -0.16f), new(150, 0.12f, 0.05f), new(176, 0, 0)]),
            VoiceIds.Female,
            Called("琳", "Lin")),
        new(
            Kai.Design,
            new CharacterMotion(0.37f, [21, 78, 131, 190, 199], [new(0, 0, 0), new(40, 0.36f, 0.05f), new(66, 0, 0), new(110, -0.30f, -0.18f), new(136, -0.08f, 0.10f), new(168, 0, 0)]),
            VoiceIds.Male,
            Called("凯", "Kai")),
    ];

    private static Dictionary<string, string> Called(string chinese, string english) =>
        new(StringComparer.Ordinal) { ["zh-CN"] = chinese, ["en"] = english };
}
