namespace Holdfast.Lab.Kill;

/// <summary>How a server ends.</summary>
internal enum Ending
{
    /// <summary>SIGKILL; it is started again.</summary>
    Kill,

    /// <summary>SIGTERM; it is started again when it has ended.</summary>
    Stop,

    /// <summary>A newer one is started beside it and takes over.</summary>
    TakeOver,
}

/// <summary>How a server is ended again and again.</summary>
internal sealed record KillOptions
{
    /// <summary>How it ends.</summary>
    public Ending By { get; init; } = Ending.Kill;

    /// <summary>How often it ends.</summary>
    public int Kills { get; init; } = 300;

    /// <summary>Sessions that listen, each spoken in all the time.</summary>
    public int Sessions { get; init; } = 2;

    /// <summary>The share of kills that hit a server which is just starting.</summary>
    public double DuringStart { get; init; } = 0.25;

    /// <summary>How long, at the most, it lives from the moment when media flows again.</summary>
    public TimeSpan LongestLife { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long, at the most, a start that is killed lasts.</summary>
    public TimeSpan LongestStart { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Whether the media port is kept open between two lives of the server (<see cref="Servers.HeldPort"/>).</summary>
    public bool HoldsPort { get; init; }

    /// <summary>Of all that is left to chance.</summary>
    public ulong Seed { get; init; } = 1;
}
