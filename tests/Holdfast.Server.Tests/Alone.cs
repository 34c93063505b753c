namespace Holdfast.Server.Tests;

/// <summary>
/// Tests in which somebody speaks in real time: they run when no other test of this suite does, since a machine that stands still for half a
/// second makes a pause of its own in what they say, or an outage.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
