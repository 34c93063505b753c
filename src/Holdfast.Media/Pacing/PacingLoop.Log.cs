using Microsoft.Extensions.Logging;

namespace Holdfast.Media;

internal sealed partial class PacingLoop
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "The media clock skipped {Count} ticks: this machine is overloaded.")]
    private static partial void LogSkipped(ILogger logger, long count);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "{Member} failed at tick {Tick}.")]
    private static partial void LogFault(ILogger logger, Exception exception, string? member, long tick);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Error, Message = "{Member} was removed after {Count} failures in a row.")]
    private static partial void LogRemoved(ILogger logger, string? member, int count);
}
