using System.Net;
using System.Net.Sockets;
using Holdfast.Media;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

/// <summary>What the log says of sessions.</summary>
internal static partial class SessionLog
{
    public static void Transition(ILogger logger, SessionId sessionId, SessionEvent.StateChanged change) =>
        Transition(logger, sessionId, change.Generation, change.From!.Value, change.To, change.Reason, change.After.TotalSeconds);

    [LoggerMessage(100, LogLevel.Information,
        "Session {SessionId} (generation {Generation}): {From} -> {To}, {Reason}, after {Elapsed:0.000} s")]
    private static partial void Transition(
        ILogger logger, SessionId sessionId, int generation, SessionState from, SessionState to, SessionReason reason, double elapsed);

    /// <summary>Says that it is there, for whom, and from what kind of address; the address itself is nobody's business in a log.</summary>
    public static void Created(ILogger logger, Session session, IPAddress? client) => Created(logger, session.Id, session.ShowName, ClassOf(client), session.Labels.ForLog);

    private static string ClassOf(IPAddress? address) => ClientNetwork.Of(address) is null
        ? "this machine"
        : address!.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? "an IPv4 address" : "an IPv6 address";

    [LoggerMessage(107, LogLevel.Information, "Session {SessionId} created: {Show}, from {AddressClass}{Labels}")]
    private static partial void Created(ILogger logger, SessionId sessionId, string show, string addressClass, string labels);

    [LoggerMessage(101, LogLevel.Warning, "Session {SessionId}: utterance {UtteranceId} could not be spoken: {Fault}")]
    public static partial void UtteranceFailed(ILogger logger, SessionId sessionId, string utteranceId, UtteranceFault fault);

    [LoggerMessage(106, LogLevel.Warning, "Session {SessionId}: another voice than {Voice} says utterance {UtteranceId}: {Fault}")]
    public static partial void VoiceFellBack(ILogger logger, SessionId sessionId, string utteranceId, string voice, UtteranceFault fault);

    [LoggerMessage(104, LogLevel.Information,
        "Session {SessionId}: goes on {Offset:0.00} s into utterance {UtteranceId}; {Repeated:0.00} s is said again, after {Away:0.0} s away")]
    public static partial void Resumed(
        ILogger logger, SessionId sessionId, string utteranceId, double offset, double repeated, double away);

    [LoggerMessage(105, LogLevel.Information, "Session {SessionId}: the rest of utterance {UtteranceId} was given up, because nobody could hear it")]
    public static partial void Dropped(ILogger logger, SessionId sessionId, string utteranceId);

    [LoggerMessage(103, LogLevel.Information, "Session {SessionId}: generation {From} was replaced by generation {To}")]
    public static partial void Replaced(ILogger logger, SessionId sessionId, int from, int to);

    [LoggerMessage(109, LogLevel.Error, "Session {SessionId} ended by a fault that nobody foresaw, while {Doing}")]
    public static partial void Faulted(ILogger logger, SessionId sessionId, string doing, Exception exception);

    [LoggerMessage(108, LogLevel.Error, "Session {SessionId}: something that took what it shows failed and was taken off; the session goes on")]
    public static partial void OutputFailed(ILogger logger, SessionId sessionId, Exception exception);

    [LoggerMessage(102, LogLevel.Error, "Session {SessionId}: its show could not be made or ended")]
    public static partial void ShowFailed(ILogger logger, SessionId sessionId, Exception exception);
}
