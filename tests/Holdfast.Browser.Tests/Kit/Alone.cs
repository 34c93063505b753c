namespace Holdfast.Browser.Kit;

/// <summary>
/// Tests that listen word by word, record what is heard, or look which process works: they run when no other test does, as do single tests that are marked
/// so (<c>DisableParallelization</c>). All others mostly wait, and run three at a time, those of one class too.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
