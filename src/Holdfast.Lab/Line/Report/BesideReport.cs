using Holdfast.Lab.Line.Relayed;

namespace Holdfast.Lab.Line.Report;

/// <summary>What one run of lines in real time came to.</summary>
/// <param name="Begun">When it began.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Seed">Of all that is left to chance.</param>
/// <param name="Product">What was watched, with its version.</param>
/// <param name="Browser">What sent beside it, with its version; null: nothing.</param>
/// <param name="Cells">The lines, in their order.</param>
internal sealed record BesideReport(DateTimeOffset Begun, TimeSpan Took, ulong Seed, string Product, string? Browser, IReadOnlyList<RelayedCell> Cells);
