using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>What the performance tells of what is said, for the session's journal. Its calls come from pacing threads and the show's, never under a lock.</summary>
/// <param name="session">Whose it is.</param>
/// <param name="services">What it works with.</param>
/// <param name="log">Puts it in order.</param>
internal sealed class SpokenWords(Session session, SessionServices services, UtteranceLog log)
{
    /// <summary>The word of the newest utterance that was reached last but for going back.</summary>
    private (string? UtteranceId, int Offset) _furthestWord;

    /// <summary>A return whose first word has not been told yet.</summary>
    private Resumption? _resumption;

    /// <summary>The first sound of an utterance was handed out.</summary>
    public void OnUtteranceStarted(string utteranceId) =>
        log.Tell(utteranceId, new SessionEvent.UtteranceStarted(utteranceId));

    /// <summary>A word begins in the sound that is handed out.</summary>
    /// <param name="utteranceId">Whose word.</param>
    /// <param name="textOffset">Where in its text, in UTF-16 units.</param>
    /// <param name="textLength">How long it is there.</param>
    /// <param name="mediaTime">Where on the media clock.</param>
    /// <param name="rtpTimestamp">The same on the connection that the sound is sent to.</param>
    public void OnWordReached(string utteranceId, int textOffset, int textLength, TimeSpan mediaTime, uint? rtpTimestamp)
    {
        TellResumption(utteranceId, textOffset);
        Count(utteranceId, textOffset);
        log.Tell(utteranceId, new SessionEvent.WordReached(utteranceId, textOffset, textLength, mediaTime, rtpTimestamp));
    }

    /// <summary>The last sound of an utterance was heard, or it was stopped, or given up. From any thread, never under a lock.</summary>
    /// <param name="utteranceId">Which.</param>
    /// <param name="end">How.</param>
    /// <param name="heard">Of one that was stopped: how much of its text was heard, where that is known.</param>
    public void OnUtteranceEnded(string utteranceId, UtteranceEnd end, int? heard = null)
    {
        if (end == UtteranceEnd.Dropped)
        {
            SessionLog.Dropped(services.Logger, session.Id, utteranceId);
        }

        SessionDiagnostics.OnUtteranceEnded(services, end);

        log.Tell(utteranceId, end switch
        {
            UtteranceEnd.Finished => new SessionEvent.UtteranceFinished(utteranceId),
            UtteranceEnd.Interrupted => new SessionEvent.UtteranceInterrupted(utteranceId, heard),
            UtteranceEnd.Dropped => new SessionEvent.UtteranceDropped(utteranceId),
        });
    }

    /// <summary>A text could not be spoken, which is told and does not end the session.</summary>
    public void OnUtteranceFailed(string utteranceId, UtteranceFault fault)
    {
        SessionLog.UtteranceFailed(services.Logger, session.Id, utteranceId, fault);
        SessionDiagnostics.OnUtteranceFailed(services);
        log.Tell(utteranceId, new SessionEvent.UtteranceFailed(utteranceId, fault));
    }

    /// <summary>Another voice says what the one that was asked for should have said.</summary>
    public void OnVoiceFellBack(string utteranceId, string voice, UtteranceFault fault)
    {
        SessionLog.VoiceFellBack(services.Logger, session.Id, utteranceId, voice, fault);
        session.Journal.Append(new SessionEvent.VoiceFellBack(utteranceId, voice, fault));
    }

    /// <summary>Called by the one who reads the sound, as its words are.</summary>
    private void Count(string utteranceId, int textOffset)
    {
        var isSame = string.Equals(_furthestWord.UtteranceId, utteranceId, StringComparison.Ordinal);
        var isAgain = isSame && textOffset <= _furthestWord.Offset;
        if (!isAgain)
        {
            _furthestWord = (utteranceId, textOffset);
        }

        SessionDiagnostics.OnWord(services, isAgain, isHeard: session.State == SessionState.Connected);
    }

    /// <summary>
    /// The performance went back to what was not heard. Called from a pacing thread, never under a lock, before the first
    /// sound of it is sent.
    /// </summary>
    public void OnResumed(Resumption resumption)
    {
        SessionLog.Resumed(
            services.Logger,
            session.Id,
            resumption.UtteranceId,
            resumption.Offset.TotalSeconds,
            resumption.Repeated.TotalSeconds,
            resumption.Away.TotalSeconds);
        if (resumption.Away > TimeSpan.Zero)
        {
            // Where in the text that is, the next word says.
            Interlocked.Exchange(ref _resumption, resumption);
        }
    }

    /// <summary>The place in the text where an utterance goes on is known now: told once, before its first word.</summary>
    private void TellResumption(string utteranceId, int textOffset)
    {
        if (Volatile.Read(ref _resumption) is { } resumption
            && string.Equals(resumption.UtteranceId, utteranceId, StringComparison.Ordinal)
            && ReferenceEquals(Interlocked.CompareExchange(ref _resumption, null, resumption), resumption))
        {
            log.Tell(utteranceId, new SessionEvent.UtteranceResumed(utteranceId, textOffset, resumption.Away, resumption.Repeated));
        }
    }
}
