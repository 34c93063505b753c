namespace Holdfast.Avatar;

/// <summary>Where an utterance goes on that another show had begun.</summary>
/// <param name="Id">Which.</param>
/// <param name="Offset">How far into its sound.</param>
/// <param name="Repeated">How much of it was heard before.</param>
/// <param name="LeadIn">What was heard just before, 20 ms each, null where that is silence; the samples are the pool's. None where the other show's sound is not there.</param>
internal sealed record Continued(string Id, TimeSpan Offset, TimeSpan Repeated, IReadOnlyList<short[]?> LeadIn);
