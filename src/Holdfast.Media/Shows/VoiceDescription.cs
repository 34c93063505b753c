namespace Holdfast.Media;

/// <summary>A voice that a session can be given.</summary>
/// <param name="Id">Its name, as it is asked for: "female", "flite/slt".</param>
/// <param name="Engine">What speaks: "flite", "espeak", the name of a service.</param>
/// <param name="Languages">What it speaks, as BCP 47 tags; empty where that is not known, or is whatever the text is in.</param>
public sealed record VoiceDescription(string Id, string Engine, IReadOnlyList<string> Languages);
