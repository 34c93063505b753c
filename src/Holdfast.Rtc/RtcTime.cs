namespace Holdfast.Rtc;

/// <summary>
/// An instant as the wire knows it: microseconds since the Unix epoch, never going backwards within a process.
/// </summary>
/// <remarks>
/// One value serves for deadlines, for NTP timestamps in sender reports and, multiplied by a clock rate, for RTP
/// timestamps. So sound and pictures share one clock by construction, and a restarted process goes on where the wall
/// clock is, which a receiver sees as a pause and never as a jump back. It is made at the edge
/// (the endpoint) and handed in; nothing below reads a clock.
/// </remarks>
/// <param name="Microseconds">Microseconds since 1970-01-01T00:00:00Z.</param>
public readonly record struct RtcTime(long Microseconds) : IComparable<RtcTime>
{
    private const long UnixEpochInNtpSeconds = 2_208_988_800;
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>Later than every instant: the deadline of something that has none.</summary>
    public static RtcTime Never => new(long.MaxValue);

    /// <summary>The instant of a wall-clock time.</summary>
    public static RtcTime From(DateTimeOffset time) =>
        new((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>This instant as a wall-clock time, for people.</summary>
    public DateTimeOffset ToDateTimeOffset() =>
        DateTimeOffset.UnixEpoch.AddTicks(Microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>This instant as a 64-bit NTP timestamp, 32.32 fixed point (RFC 3550 section 4).</summary>
    public ulong ToNtp()
    {
        var (seconds, fraction) = Math.DivRem(Microseconds, MicrosecondsPerSecond);
        return ((ulong)(seconds + UnixEpochInNtpSeconds) << 32) | (((ulong)fraction << 32) / MicrosecondsPerSecond);
    }

    /// <summary>This instant in units of an RTP clock, modulo 2^32, before the stream's random offset is added.</summary>
    /// <param name="clockRate">Units a second, such as 90,000 for video.</param>
    public uint ToRtp(int clockRate)
    {
        var (seconds, fraction) = Math.DivRem(Microseconds, MicrosecondsPerSecond);
        return unchecked((uint)(seconds * clockRate + fraction * clockRate / MicrosecondsPerSecond));
    }

    /// <inheritdoc/>
    public int CompareTo(RtcTime other) => Microseconds.CompareTo(other.Microseconds);

    /// <summary>A time later; never stays never.</summary>
    public static RtcTime operator +(RtcTime time, TimeSpan span) =>
        time == Never ? Never : new(time.Microseconds + span.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>A time earlier.</summary>
    public static RtcTime operator -(RtcTime time, TimeSpan span) => time + -span;

    /// <summary>The time between two instants.</summary>
    public static TimeSpan operator -(RtcTime left, RtcTime right) =>
        TimeSpan.FromTicks((left.Microseconds - right.Microseconds) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Earlier.</summary>
    public static bool operator <(RtcTime left, RtcTime right) => left.Microseconds < right.Microseconds;

    /// <summary>Later.</summary>
    public static bool operator >(RtcTime left, RtcTime right) => left.Microseconds > right.Microseconds;

    /// <summary>Not later.</summary>
    public static bool operator <=(RtcTime left, RtcTime right) => left.Microseconds <= right.Microseconds;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(RtcTime left, RtcTime right) => left.Microseconds >= right.Microseconds;

    /// <summary>The earlier of two instants.</summary>
    public static RtcTime Min(RtcTime left, RtcTime right) => left <= right ? left : right;

    /// <inheritdoc/>
    public override string ToString() =>
        this == Never ? "never" : ToDateTimeOffset().ToString("HH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);
}
