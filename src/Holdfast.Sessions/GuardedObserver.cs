using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// Stands between a show and the session that listens to it. A show tells from threads of its own, which an exception would end, and with
/// them the show or the process: here it ends the session that failed to listen.
/// </summary>
/// <param name="session">Whose show it is.</param>
/// <param name="observer">Who listens.</param>
internal sealed class GuardedObserver(Session session, IShowObserver observer) : IShowObserver
{
    public void UtteranceStarted(string utteranceId) => Guard(() => observer.UtteranceStarted(utteranceId));

    public void WordReached(string utteranceId, int textOffset, int textLength) =>
        Guard(() => observer.WordReached(utteranceId, textOffset, textLength));

    public void UtteranceResumed(string utteranceId, TimeSpan offset, TimeSpan repeated) =>
        Guard(() => observer.UtteranceResumed(utteranceId, offset, repeated));

    public void UtteranceEnded(string utteranceId, UtteranceEnd end) => Guard(() => observer.UtteranceEnded(utteranceId, end));

    public void UtteranceFailed(string utteranceId, UtteranceFault fault) => Guard(() => observer.UtteranceFailed(utteranceId, fault));

    public void VoiceFellBack(string utteranceId, string voice, UtteranceFault fault) => Guard(() => observer.VoiceFellBack(utteranceId, voice, fault));

    /// <summary>In the log of a show, whose it is.</summary>
    public override string ToString() => Session.NameInLogs(session.Id);

    private void Guard(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            session.OnFault("taking in what its show told", exception);
        }
    }
}
