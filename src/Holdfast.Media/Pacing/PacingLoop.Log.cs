using Microsoft.Extensions.Logging;

namespace Holdfast.Media;

internal sealed partial class PacingLoop
{
    private void OnSkipped(TimeSpan now, long skipped)
    {
        Interlocked.Add(ref _skippedTicks, skipped);
        _skippedUnlogged += skipped;
        if (now >= _nextSkipLog)
        {
            var unlogged = _skippedUnlogged;
            (_skippedUnlogged, _nextSkipLog) = (0, now + s_betweenSkipLogs);
            LogSkipped(_logger, unlogged);
        }
    }

    private void OnFault(PacedMember member, long tick, Exception fault)
    {
        Interlocked.Increment(ref _faults);
        var isTooMuch = member.ConsecutiveFaults >= _options.MaxConsecutiveFaults && Remove(member.Paced) is not null;
        if (isTooMuch)
        {
            member.OnRemoved();
        }

        try
        {
            if (isTooMuch)
            {
                member.Paced.OnFaulted(fault);
                LogRemoved(_logger, member.Paced.ToString(), member.ConsecutiveFaults);
            }

            LogFault(_logger, fault, member.Paced.ToString(), tick);
        }
#pragma warning disable CA1031 // As above. A log that throws must not keep the others of the loop from their tick either.
        catch (Exception)
#pragma warning restore CA1031
        {
            Interlocked.Increment(ref _faults);
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "The media clock skipped {Count} ticks: this machine is overloaded.")]
    private static partial void LogSkipped(ILogger logger, long count);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "{Member} failed at tick {Tick}.")]
    private static partial void LogFault(ILogger logger, Exception exception, string? member, long tick);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Error, Message = "{Member} was removed after {Count} failures in a row.")]
    private static partial void LogRemoved(ILogger logger, string? member, int count);
}
