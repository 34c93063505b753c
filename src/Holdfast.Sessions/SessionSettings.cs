namespace Holdfast.Sessions;

/// <summary>What every session of this server lives by; fixed once the server runs.</summary>
public sealed record SessionSettings
{
    /// <summary>How many sessions there may be at once that were ever connected.</summary>
    public int MaxSessions { get; init; } = 100;

    /// <summary>How many more may wait for their first connection.</summary>
    public int MaxNegotiating { get; init; } = 64;

    /// <summary>How many of these may come from one address: one of IPv4, or the first 64 bits of one of IPv6.</summary>
    public int MaxNegotiatingPerAddress { get; init; } = 16;

    /// <summary>How many sessions of one address may be held without a connection before it gets no further one.</summary>
    public int MaxHeldPerAddress { get; init; } = 32;

    /// <summary>How many sessions one user may have at once; 0 is no limit.</summary>
    public int MaxPerUser { get; init; }

    /// <summary>How many sessions there may be at once that began without a viewer.</summary>
    public int MaxUnattended { get; init; } = 16;

    /// <summary>How long a session is kept at the most, without a connection, in which nobody ever spoke.</summary>
    public TimeSpan UnspokenGrace { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long a first connection may take before the session is given up.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a further connection of a session may take before it is given up; the session stays.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session is kept after the last sign of life of its client.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The longest grace period a client may ask for.</summary>
    public TimeSpan MaxGrace { get; init; } = TimeSpan.FromSeconds(3_600);

    /// <summary>How long a session is held without a connection at the most, heartbeats or not.</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromSeconds(1_800);

    /// <summary>How long feedback may be missing at the least before speech pauses; it grows with the round trip.</summary>
    public TimeSpan InterruptedAfter { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>How long nothing authenticated may come from a client before its connection counts as lost.</summary>
    public TimeSpan HeldAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether head room is measured, and what is asked for beyond it waits or is refused. False where nothing is said.</summary>
    public bool MeasuresHeadRoom { get; init; }

    /// <summary>How full it counts as at the least, measured or not: 0 not at all, 1 fewer pictures, 2 speech waits its turn, 3 nobody new is let in.</summary>
    public int LeastLoad { get; init; }

    /// <summary>The picture's bitrate at the most, in bits a second; on a narrower line it is less.</summary>
    public int MaxVideoBitrate { get; init; } = 900_000;

    /// <summary>How much of what happened in a session is kept for a client that was away.</summary>
    public JournalLimits Journal { get; init; } = new();
}
