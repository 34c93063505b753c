using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// The last ticks that a performance plays here: another process has it already, and goes on after them. Belongs to the pacing thread.
/// </summary>
/// <remarks>What the clock leaves out is sent all the same, late, since nobody says it again.</remarks>
/// <param name="first">The first of them.</param>
/// <param name="last">The last.</param>
internal sealed class LastTicks(long first, long last)
{
    private readonly TaskCompletionSource _played = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next = first;

    /// <summary>Completes when all of them were sent.</summary>
    public Task Played => _played.Task;

    /// <summary>Sends those that are due.</summary>
    /// <param name="tick">The tick of the moment.</param>
    /// <param name="stream">What is sent.</param>
    /// <param name="sink">Where to.</param>
    public void Play(in MediaTick tick, ShowStream stream, IMediaSink sink)
    {
        for (var until = Math.Min(tick.Index, last); _next <= until; _next++)
        {
            stream.Tick(tick with { Index = _next, IsLate = tick.IsLate || _next < tick.Index }, sink);
        }

        if (_next > last)
        {
            _played.TrySetResult();
        }
    }
}
