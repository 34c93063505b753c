using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.AspNetCore.Http;
using Holdfast.Dialogue;
using Holdfast.Media;
using Holdfast.Sessions;
using Holdfast.Speech;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Talking;

/// <summary>
/// A session's conversation: what it says goes through the session, what became of that it reads in the session's journal, and what it does it
/// tells there.
/// </summary>
internal sealed partial class SessionConversation : ISessionCompanion, IMouth, IConversationObserver, IListenerHost
{
    private const int EntriesAtATime = 64;

    /// <summary>Utterances whose text is remembered, to tell what was being said when the connection was lost.</summary>
    private const int TextsKept = 64;

    private static readonly JsonSerializerOptions EventJson = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Session _session;
    private readonly ConversationServices _services;
    private readonly ILogger _logger;
    private readonly Queue<(string Id, string Text)> _texts = new();
    private string? _speaking;
    private DateTimeOffset? _awaySince;

    public SessionConversation(
        Session session, ConversationServices services, Hearing? hearing, ILogger logger, string? kept, IReadOnlyCollection<string> unsaid)
    {
        _session = session;
        (_services, _logger) = (services, logger);
        var record = Reconcile(Read(kept), session, unsaid);
        Listener = hearing?.Recogniser is null ? null : new Listener(hearing, this);
        Conversation = new Conversation(services, new ConversationIdentity(session.Id.ToString(), () => session.ShowName) { Ears = Listener }, this, this, record);
        foreach (var part in record?.Open?.Parts ?? [])
        {
            if (part is { IsOver: false, UtteranceId: { } id } && !unsaid.Contains(id, StringComparer.Ordinal))
            {
                // Its end was told in the process before, after this was written down.
                Conversation.OnUtteranceEnded(id, heard: null);
            }
        }

        _awaySince = kept is null ? null : session.CreatedAt;
        _ = FollowAsync(session.Follow(session.Journal.Last));
    }

    public Conversation Conversation { get; }

    /// <summary>Hears the person; null where nothing recognises speech.</summary>
    public Listener? Listener { get; }

    /// <summary>The person asks in writing: it is written down once, whatever becomes of it, and asked when its turn comes.</summary>
    /// <param name="text">What.</param>
    /// <param name="key">As for <see cref="Session.Say"/>.</param>
    /// <param name="interrupts">Whether the answer that is being given is stopped for it.</param>
    /// <param name="reader">Reads the answer as it is written.</param>
    public async Task<SayOutcome> AskAsync(string text, string? key, bool interrupts, IAnswerReader? reader = null)
    {
        if (!interrupts && Conversation.Snapshot.Waiting >= TurnState.MaxWaiting)
        {
            return new SayOutcome.TooMuch();
        }

        var outcome = _session.NoteQuestion(text, key);
        if (outcome is SayOutcome.Accepted)
        {
            // It is in the journal by now: where too many came in this very moment, it stays without an answer, as after an interruption.
            await Conversation.AskAsync(new Question(text, key, IsSpoken: false) { Reader = reader, AskedFrom = Activity.Current?.Context ?? default }, interrupts).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <inheritdoc/>
    public long Revision => Conversation.Received;

    /// <inheritdoc/>
    public async Task<string?> CaptureAsync() => JsonSerializer.Serialize(await Conversation.CaptureAsync().ConfigureAwait(false), EventJson);

    /// <summary>What its avatar hears and answers in, as the settings say now; null: the language of the person.</summary>
    public string? Language => _services.Options.LanguageOf(_session.ShowName);

    /// <inheritdoc/>
    public void OnInterrupt() => Conversation.Interrupt();

    /// <inheritdoc/>
    public void OnMicrophone(in MicrophonePacket packet) => Listener?.Receive(packet.Opus, packet.Timestamp, packet.LostBefore);

    SpeakResult IMouth.Speak(long turn, string text, string? language, ActivityContext trace) => _session.Speak(text, PartOf(turn), language, trace) switch
    {
        SayOutcome.Accepted(var id) => new SpeakResult.Accepted(id),
        SayOutcome.NothingToSay => new SpeakResult.NothingToSay(),
        SayOutcome.TooMuch or SayOutcome.Stopping => new SpeakResult.NotNow(),
        _ => new SpeakResult.Gone(),
    };

    void IMouth.Stop() => _session.StopSpeech();

    void IMouth.Pause() => _session.PauseSpeech();

    void IMouth.GoOn() => _session.ResumeSpeech();

    string? IListenerHost.Language => Language;

    void IListenerHost.OnVoice(TurnInput input) => Conversation.OnVoice(input);

    void IListenerHost.OnSaidInTheGap(string text) => Conversation.OnSaidInTheGap(text);

    void IListenerHost.OnNotHeard(long turn, Exception exception)
    {
        LogNotHeard(exception, _session.Id.ToString(), turn);
        var failure = exception as RecognitionException;
        Conversation.OnNotHeard(turn, Http.Words.Stable(failure?.Fault ?? RecognitionFault.Protocol), failure?.Status);
    }

    void IListenerHost.OnFault(Exception exception) => LogNotHeard(exception, _session.Id.ToString(), turn: 0);

    void IConversationObserver.OnConversationEvent(ConversationEvent happened)
    {
        var members = JsonSerializer.SerializeToNode(happened, EventJson)!.AsObject();
        var kind = (string)members["kind"]!;
        members.Remove("kind");
        _session.Tell(kind, members.ToJsonString(EventJson));
        if (happened is ConversationEvent.PhaseChanged { Phase: var phase })
        {
            _session.Attend(phase switch
            {
                "hearing" or "deciding" => Attention.Listening,
                "thinking" => Attention.Thinking,
                _ => Attention.None,
            });
        }
    }

    private static string PartOf(long turn) => "turn-" + turn.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task FollowAsync(JournalReader reader)
    {
        var entries = new JournalEntry[EntriesAtATime];
        try
        {
            while (true)
            {
                var count = reader.Read(entries, out _, out var isEnd);
                for (var i = 0; i < count; i++)
                {
                    OnEvent(entries[i]);
                }

                if (isEnd)
                {
                    break;
                }

                if (count == 0)
                {
                    await reader.WaitAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogFault(exception, _session.Id.ToString());
        }
        finally
        {
            reader.Dispose();
            Listener?.Dispose();
            await Conversation.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void OnEvent(in JournalEntry entry)
    {
        switch (entry.Event)
        {
            case SessionEvent.UtteranceAccepted accepted:
                _texts.Enqueue((accepted.UtteranceId, accepted.Text));
                if (_texts.Count > TextsKept)
                {
                    _texts.Dequeue();
                }

                break;
            case SessionEvent.UtteranceStarted started:
                _speaking = started.UtteranceId;
                Conversation.OnUtteranceStarted(started.UtteranceId, entry.At);
                break;
            case SessionEvent.UtteranceFinished finished:
                Over(finished.UtteranceId, heard: null);
                break;
            case SessionEvent.UtteranceInterrupted interrupted:
                Over(interrupted.UtteranceId, interrupted.Heard ?? 0);
                break;
            case SessionEvent.UtteranceDropped dropped:
                Over(dropped.UtteranceId, heard: 0);
                break;
            case SessionEvent.UtteranceFailed failed:
                Over(failed.UtteranceId, heard: 0);
                break;
            case SessionEvent.StateChanged changed:
                OnState(changed, entry.At);
                break;
        }
    }

    private void Over(string utteranceId, int? heard)
    {
        if (string.Equals(_speaking, utteranceId, StringComparison.Ordinal))
        {
            _speaking = null;
        }

        Conversation.OnUtteranceEnded(utteranceId, heard);
    }

    private void OnState(SessionEvent.StateChanged changed, DateTimeOffset at)
    {
        switch (changed.To)
        {
            case SessionState.Interrupted:
                _awaySince ??= at;
                Listener?.OnCut();
                break;
            case SessionState.Held:
                _awaySince ??= at;
                Listener?.OnCut();
                Listener?.OnHeld();
                Conversation.Left();
                break;
            case SessionState.Connected when _awaySince is { } since:
                _awaySince = null;
                Listener?.OnBack();
                var saying = _speaking is { } id ? _texts.LastOrDefault(text => string.Equals(text.Id, id, StringComparison.Ordinal)).Text : null;
                Conversation.CameBack(at - since, saying?.Trim() ?? "");
                break;
        }
    }

    private static ConversationRecord? Read(string? kept)
    {
        try
        {
            var record = kept is null ? null : JsonSerializer.Deserialize<ConversationRecord>(kept, EventJson);
            return record is { Version: ConversationRecord.CurrentVersion } ? record : null;
        }
        catch (JsonException)
        {
            // Another version's: the session is worth more than what was said in it.
            return null;
        }
    }

    /// <summary>
    /// A session is written down a moment before its conversation. A piece that was handed on in between is none of the session's: it is still to be said.
    /// </summary>
    private static ConversationRecord? Reconcile(ConversationRecord? record, Session session, IReadOnlyCollection<string> unsaid)
    {
        if (record?.Open is not { } open || open.Parts.All(part => part.IsOver || part.UtteranceId is not { } id || unsaid.Contains(id, StringComparer.Ordinal)))
        {
            return record;
        }

        var newest = NewestUtterance(session);
        return newest == 0 ? record : record.TakeBack(id => NumberOf(id) > newest && !unsaid.Contains(id, StringComparer.Ordinal));
    }

    /// <summary>The number of the newest utterance in the journal; 0 where there is none.</summary>
    private static long NewestUtterance(Session session)
    {
        var newest = 0L;
        var entries = new JournalEntry[EntriesAtATime];
        using var reader = session.Journal.Open(after: 0);
        while (true)
        {
            var count = reader.Read(entries, out var missed, out _);
            if (count == 0 && missed == 0)
            {
                return newest;
            }

            foreach (var entry in entries.AsSpan(0, count))
            {
                newest = entry.Event is SessionEvent.UtteranceAccepted accepted ? Math.Max(newest, NumberOf(accepted.UtteranceId)) : newest;
            }
        }
    }

    private static long NumberOf(string utteranceId) =>
        long.TryParse(utteranceId.AsSpan(Math.Min(1, utteranceId.Length)), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    [LoggerMessage(63, LogLevel.Warning, "Session {SessionId}, turn {Turn}: what the person said could not be recognised")]
    private partial void LogNotHeard(Exception exception, string sessionId, long turn);

    [LoggerMessage(60, LogLevel.Error, "Session {SessionId}: its conversation ended, since reading the journal failed")]
    private partial void LogFault(Exception exception, string sessionId);
}

/// <summary>Gives each session its conversation.</summary>
internal sealed class SessionConversations(ConversationServices services, Hearing hearing, ILogger<SessionConversation> logger) : ISessionCompanions
{
    /// <summary>Nobody is thought about or answered before somebody asks.</summary>
    public bool MayRehearse => true;

    public ISessionCompanion Accompany(Session session, string? kept, IReadOnlyCollection<string> unsaid) =>
        new SessionConversation(session, services, hearing, logger, kept, unsaid);
}
