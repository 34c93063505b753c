namespace Holdfast.Avatar.Tests;

/// <summary>Tests that measure memory, which is the whole process's: nothing else may allocate meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
