namespace Holdfast.RecoveryBench;

/// <summary>One session brought back.</summary>
/// <param name="Milliseconds">From the click to the first new picture presented.</param>
/// <param name="Level">The level of the ladder that did it.</param>
/// <param name="Browser">Why the session was held, before the click.</param>
/// <param name="SameSession">Whether the session's id is the one from before.</param>
internal sealed record Recovery(double Milliseconds, int? Level, string? Browser, bool SameSession);
