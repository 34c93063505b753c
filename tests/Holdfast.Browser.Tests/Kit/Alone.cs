namespace Holdfast.Browser.Kit;

/// <summary>
/// Tests that listen word by word, record what is heard, or look which process works: they run when no other test does. All others mostly wait, and run
/// two at a time.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
