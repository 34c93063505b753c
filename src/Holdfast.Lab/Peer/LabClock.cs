using Holdfast.Rtc;

namespace Holdfast.Lab.Peer;

/// <summary>The clock of all peers of a process: the wall clock at the start, and from then on one that never goes back.</summary>
internal sealed class LabClock(TimeProvider time)
{
    private readonly long _originTimestamp = time.GetTimestamp();
    private readonly RtcTime _origin = RtcTime.From(time.GetUtcNow());

    public TimeProvider Time { get; } = time;

    public RtcTime Now => _origin + Time.GetElapsedTime(_originTimestamp);

    /// <summary>Waits; not at all where the time has passed already, until cancelled for <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public Task Delay(TimeSpan span, CancellationToken cancellationToken) =>
        Task.Delay(span > TimeSpan.Zero || span == Timeout.InfiniteTimeSpan ? span : TimeSpan.Zero, Time, cancellationToken);
}
