namespace Holdfast.Server.Tests;

/// <summary>
/// Tests in which somebody speaks in real time and an outage of a second cuts what they say: they run when no other test of this suite does,
/// since a machine that stands still for a second is an outage of its own.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
