using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Holdfast.Rtc;

public sealed partial class RtcEndpoint
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "Listening on UDP port {Port}.")]
    private partial void LogStarted(int port);

    [LoggerMessage(EventId = 102, Level = LogLevel.Debug, Message = "Receiving failed once: {Error}.")]
    private partial void LogReceiveFailed(SocketError error);

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "Connection {Tag} of {Observer} was closed: something went wrong that nobody foresaw.")]
    private partial void LogConnectionFault(Exception exception, string tag, string? observer);

    [LoggerMessage(EventId = 104, Level = LogLevel.Error, Message = "Something went wrong that nobody foresaw, in no connection. The endpoint goes on.")]
    private partial void LogFault(Exception exception);
}
