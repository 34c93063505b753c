using Holdfast.Lab.Network;

namespace Holdfast.Lab.Load;

/// <summary>What a load consists of.</summary>
internal sealed record LoadOptions
{
    public int Sessions { get; init; } = 10;

    /// <summary>The share of sessions that are spoken in all the time, 0 to 1.</summary>
    public double Speaking { get; init; } = 0.05;

    /// <summary>Outages of each session, a second, in the mean.</summary>
    public double OutagesPerSecond { get; init; }

    /// <summary>The shortest and the longest outage.</summary>
    public TimeSpan OutageLeast { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan OutageMost { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The ways back that are used in turn: 0 waits for the path to heal by itself, 1 to 3 begin at that level of the ladder.</summary>
    public IReadOnlyList<int> Levels { get; init; } = [0, 1, 2, 3];

    /// <summary>How long the load is kept up once all sessions are there.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Starts a second.</summary>
    public double StartsPerSecond { get; init; } = 10;

    /// <summary>For how long who is not let in comes again, whenever the server says (Retry-After).</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>What the network does both ways; null: nothing.</summary>
    public LinkConditions? Network { get; init; }

    public int? GraceSeconds { get; init; }

    /// <summary>Of all that is left to chance.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether what speakers say is recorded and judged word by word.</summary>
    public bool JudgesWords { get; init; } = true;

    /// <summary>What is said where words are not judged.</summary>
    public string Text { get; init; } =
        "Any sound moves the lips of this face, since the shapes of the mouth are taken from the sound itself. "
        + "A sentence follows a sentence, and none of them waits for the network, which is only a part of the way.";
}
