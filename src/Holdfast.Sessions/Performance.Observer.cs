using Holdfast.Media;

namespace Holdfast.Sessions;

// What the show tells.
internal sealed partial class Performance
{
    /// <inheritdoc/>
    public void UtteranceStarted(string utteranceId)
    {
        _speaking = utteranceId;
        _continuing = null;
        _session.Spoken.OnUtteranceStarted(utteranceId);
    }

    /// <inheritdoc/>
    public void WordReached(string utteranceId, int textOffset, int textLength)
    {
        var (time, connection) = (_reading, _playback?.Connection);
        if (_show is IRewindableShow rewindable)
        {
            // The sound that it begins in is being handed out now; its place is the next.
            _words.Add(utteranceId, textOffset, rewindable.Place + 1);
        }

        _session.Spoken.OnWordReached(utteranceId, textOffset, textLength, time, connection?.AudioTimestampOf(time));
    }

    /// <inheritdoc/>
    public void UtteranceResumed(string utteranceId, TimeSpan offset, TimeSpan repeated)
    {
        var resumption = new Resumption(utteranceId, offset, repeated, _away);
        Playout.OnContinued(resumption);
        _session.Spoken.OnResumed(resumption);
    }

    /// <inheritdoc/>
    public void UtteranceEnded(string utteranceId, UtteranceEnd end)
    {
        if (_lastTicks is not null)
        {
            // It was told when it was sure to be.
            return;
        }

        // Handed out is not heard: until it is, it may have to be said again. Its end may come later than its last sound.
        if (end == UtteranceEnd.Finished && _show is IRewindableShow rewindable)
        {
            _finishing.Add(utteranceId, Math.Max(rewindable.Place, _furthest));
            return;
        }

        Ended(utteranceId, end);
    }

    /// <inheritdoc/>
    public void UtteranceFailed(string utteranceId, UtteranceFault fault)
    {
        Over(utteranceId);
        _session.Spoken.OnUtteranceFailed(utteranceId, fault);
    }

    /// <inheritdoc/>
    public void VoiceFellBack(string utteranceId, string voice, UtteranceFault fault) => _session.Spoken.OnVoiceFellBack(utteranceId, voice, fault);

    private void Ended(string utteranceId, UtteranceEnd end)
    {
        int? heard = end != UtteranceEnd.Interrupted ? null
            : string.Equals(_speaking, utteranceId, StringComparison.Ordinal) ? _words.HeardOf(utteranceId, Playout.FirstUnheard)
            : 0;
        Over(utteranceId);
        _session.Spoken.OnUtteranceEnded(utteranceId, end, heard);
    }

    private void Over(string utteranceId)
    {
        Interlocked.Decrement(ref _queued);
        _continuing = _continuing is { } mark && string.Equals(mark.UtteranceId, utteranceId, StringComparison.Ordinal) ? null : _continuing;
        if (string.Equals(_speaking, utteranceId, StringComparison.Ordinal))
        {
            _speaking = null;
        }
    }
}
