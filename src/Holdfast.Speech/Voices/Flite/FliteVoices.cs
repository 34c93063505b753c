namespace Holdfast.Speech;

/// <summary>The two voices of flite that are used.</summary>
internal static class FliteVoices
{
    /// <summary>The ids of the woman's and the man's voice.</summary>
    public const string Slt = "flite/slt", Rms = "flite/rms";

    /// <summary>Whether it has a voice, by what stands after the slash.</summary>
    public static bool Has(string voice) =>
        VoiceIds.IsFemale(voice) || VoiceIds.IsMale(voice)
        || string.Equals(voice, "slt", StringComparison.OrdinalIgnoreCase) || string.Equals(voice, "rms", StringComparison.OrdinalIgnoreCase);

    /// <summary>The woman's mean pitch, measured: the target at which flite's sound is what it is without one.</summary>
    public const float SltHertz = 172;
}
