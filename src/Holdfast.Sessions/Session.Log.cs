using System.Net;
using System.Net.Sockets;
using Holdfast.Media;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

public sealed partial class Session
{
    /// <summary>What those who know nothing of sessions call one in their lines: they ask an observer's ToString.</summary>
    internal static string NameInLogs(SessionId id) => "Session " + id.ToString();

    [LoggerMessage(100, LogLevel.Information,
        "Session {SessionId} (generation {Generation}): {From} -> {To}, {Reason}, after {Elapsed:0.000} s")]
    private static partial void LogTransition(
        ILogger logger, SessionId sessionId, int generation, SessionState from, SessionState to, SessionReason reason, double elapsed);

    /// <summary>Says that it is there, for whom, and from what kind of address; the address itself is nobody's business in a log.</summary>
    internal void LogCreated(IPAddress? client) => LogCreated(_services.Logger, Id, ShowName, ClassOf(client), Labels.ForLog);

    private static string ClassOf(IPAddress? address) => ClientNetwork.Of(address) is null
        ? "this machine"
        : address!.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? "an IPv4 address" : "an IPv6 address";

    [LoggerMessage(107, LogLevel.Information, "Session {SessionId} created: {Show}, from {AddressClass}{Labels}")]
    private static partial void LogCreated(ILogger logger, SessionId sessionId, string show, string addressClass, string labels);

    [LoggerMessage(101, LogLevel.Warning, "Session {SessionId}: utterance {UtteranceId} could not be spoken: {Fault}")]
    private static partial void LogUtteranceFailed(ILogger logger, SessionId sessionId, string utteranceId, UtteranceFault fault);

    [LoggerMessage(106, LogLevel.Warning, "Session {SessionId}: another voice than {Voice} says utterance {UtteranceId}: {Fault}")]
    private static partial void LogVoiceFellBack(ILogger logger, SessionId sessionId, string utteranceId, string voice, UtteranceFault fault);

    [LoggerMessage(104, LogLevel.Information,
        "Session {SessionId}: goes on {Offset:0.00} s into utterance {UtteranceId}; {Repeated:0.00} s is said again, after {Away:0.0} s away")]
    private static partial void LogResumed(
        ILogger logger, SessionId sessionId, string utteranceId, double offset, double repeated, double away);

    [LoggerMessage(105, LogLevel.Information, "Session {SessionId}: the rest of utterance {UtteranceId} was given up, because nobody could hear it")]
    private static partial void LogDropped(ILogger logger, SessionId sessionId, string utteranceId);

    [LoggerMessage(103, LogLevel.Information, "Session {SessionId}: generation {From} was replaced by generation {To}")]
    private static partial void LogReplaced(ILogger logger, SessionId sessionId, int from, int to);

    [LoggerMessage(109, LogLevel.Error, "Session {SessionId} ended by a fault that nobody foresaw, while {Doing}")]
    private static partial void LogFaulted(ILogger logger, SessionId sessionId, string doing, Exception exception);

    [LoggerMessage(108, LogLevel.Error, "Session {SessionId}: something that took what it shows failed and was taken off; the session goes on")]
    private static partial void LogOutputFailed(ILogger logger, SessionId sessionId, Exception exception);

    [LoggerMessage(102, LogLevel.Error, "Session {SessionId}: its show could not be made or ended")]
    private static partial void LogShowFailed(ILogger logger, SessionId sessionId, Exception exception);
}
