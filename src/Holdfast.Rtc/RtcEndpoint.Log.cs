using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Holdfast.Rtc;

public sealed partial class RtcEndpoint
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "Listening on UDP port {Port}; answers name {Count} addresses.")]
    private partial void LogStarted(int port, int count);

    [LoggerMessage(EventId = 102, Level = LogLevel.Debug, Message = "Receiving failed once: {Error}.")]
    private partial void LogReceiveFailed(SocketError error);

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "The observer of connection {Tag} threw.")]
    private partial void LogObserverFailed(Exception exception, string tag);
}
