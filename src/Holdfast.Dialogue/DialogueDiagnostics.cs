using System.Diagnostics;

namespace Holdfast.Dialogue;

/// <summary>Where spans of turns come from; those of the model calls below them follow OpenTelemetry's conventions for generative AI.</summary>
public static class DialogueDiagnostics
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Holdfast.Dialogue";

    internal static ActivitySource Source { get; } = new(SourceName);
}
