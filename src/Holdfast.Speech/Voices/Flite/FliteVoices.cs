namespace Holdfast.Speech;

/// <summary>The two voices of flite that are used.</summary>
internal static class FliteVoices
{
    /// <summary>The ids of the woman's and the man's voice.</summary>
    public const string Slt = "flite/slt", Rms = "flite/rms";

    /// <summary>The woman's mean pitch, measured: the target at which flite's sound is what it is without one.</summary>
    public const float SltHertz = 172;
}
