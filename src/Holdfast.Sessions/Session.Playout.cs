namespace Holdfast.Sessions;

public sealed partial class Session
{
    /// <summary>A return whose first word has not been told yet.</summary>
    private Resumption? _resumption;

    /// <summary>How much of its speech was said again, and how much was lost, in this process.</summary>
    internal (TimeSpan Repeated, TimeSpan Lost) SpeechFate => CurrentPerformance()?.Playout.Fate ?? default;

    /// <summary>The wire says which packets of speech arrived. That of another connection than the one in use changes nothing.</summary>
    internal void OnArrivals(SessionConnection connection, ReadOnlySpan<ulong> acknowledged, ReadOnlySpan<ulong> lost)
    {
        if (IsInUse(connection))
        {
            CurrentPerformance()?.Playout.OnFeedback(acknowledged, lost, witnesses: !connection.TracksAudio);
        }
    }

    /// <summary>The wire says up to where speech arrived, and how much is missing since it said so last.</summary>
    internal void OnArrivedUpTo(SessionConnection connection, ulong highest, int lost)
    {
        if (IsInUse(connection))
        {
            CurrentPerformance()?.Playout.OnReport(highest, lost);
        }
    }

    /// <summary>
    /// The performance went back to what was not heard. Called from a pacing thread, never under a lock, before the first
    /// sound of it is sent.
    /// </summary>
    internal void OnResumed(Resumption resumption)
    {
        LogResumed(
            _services.Logger,
            Id,
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

    /// <summary>The client says what it played last on the connection in use.</summary>
    private void OnPlayed(uint? rtpTimestamp)
    {
        if (rtpTimestamp is { } timestamp && Connection?.TickOf(timestamp) is { } tick)
        {
            CurrentPerformance()?.OnPlayed(tick);
        }
    }

    /// <summary>The place in the text where an utterance goes on is known now: told once, before its first word.</summary>
    private void TellResumption(string utteranceId, int textOffset)
    {
        if (Volatile.Read(ref _resumption) is { } resumption
            && string.Equals(resumption.UtteranceId, utteranceId, StringComparison.Ordinal)
            && ReferenceEquals(Interlocked.CompareExchange(ref _resumption, null, resumption), resumption))
        {
            _utteranceLog.Tell(utteranceId, new SessionEvent.UtteranceResumed(utteranceId, textOffset, resumption.Away, resumption.Repeated));
        }
    }
}
