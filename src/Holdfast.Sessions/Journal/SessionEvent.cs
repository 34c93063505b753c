using System.Text.Json.Serialization;
using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>Something that happened in a session and that its owner should hear of, even if they were away at the time.</summary>
/// <remarks>Offsets and lengths of text are in UTF-16 units of the utterance's own text, as <see cref="UtteranceAccepted"/> has it.</remarks>
[JsonDerivedType(typeof(StateChanged), "state")]
[JsonDerivedType(typeof(PersonSaid), "said")]
[JsonDerivedType(typeof(UtteranceAccepted), "accepted")]
[JsonDerivedType(typeof(UtteranceStarted), "started")]
[JsonDerivedType(typeof(WordReached), "word")]
[JsonDerivedType(typeof(UtteranceFinished), "finished")]
[JsonDerivedType(typeof(UtteranceInterrupted), "interrupted")]
[JsonDerivedType(typeof(UtteranceDropped), "dropped")]
[JsonDerivedType(typeof(UtteranceFailed), "failed")]
[JsonDerivedType(typeof(UtteranceResumed), "resumed")]
[JsonDerivedType(typeof(VoiceFellBack), "voiceFellBack")]
[JsonDerivedType(typeof(Adjusted), "adjusted")]
[JsonDerivedType(typeof(PicturesChanged), "pictures")]
[JsonDerivedType(typeof(ErrorOccurred), "problem")]
[JsonDerivedType(typeof(Told), "told")]
public abstract record SessionEvent
{
    private SessionEvent()
    {
    }

    /// <summary>How much text it keeps in memory, in UTF-16 units.</summary>
    internal virtual int TextLength => 0;

    /// <summary>The session went from one state to another.</summary>
    /// <param name="From">Null for the first, which a session begins with.</param>
    /// <param name="To">The state it is in from now on.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Generation">The number of its connection.</param>
    /// <param name="After">How long it was in the state before.</param>
    public sealed record StateChanged(
        SessionState? From, SessionState To, SessionReason Reason, int Generation, TimeSpan After) : SessionEvent;

    /// <summary>The person said something, by typing or by voice.</summary>
    /// <param name="Text">Their words.</param>
    /// <param name="Key">The client's own name for it (idempotency key), where it gave one.</param>
    /// <param name="UtteranceId">The utterance it led to at once, where it did: the same words from the avatar's mouth.</param>
    public sealed record PersonSaid(string Text, string? Key, string? UtteranceId) : SessionEvent
    {
        internal override int TextLength => Text.Length + (Key?.Length ?? 0);
    }

    /// <summary>An utterance waits to be said.</summary>
    /// <param name="UtteranceId">Its name in the session.</param>
    /// <param name="Text">What will be said.</param>
    /// <param name="Key">The client's own name for it (idempotency key), where it gave one.</param>
    /// <param name="Part">What it is a part of, such as the answer to one question; null where it stands alone.</param>
    public sealed record UtteranceAccepted(string UtteranceId, string Text, string? Key, string? Part = null) : SessionEvent
    {
        internal override int TextLength => Text.Length + (Key?.Length ?? 0) + (Part?.Length ?? 0);
    }

    /// <summary>The first sound of an utterance was handed out.</summary>
    public sealed record UtteranceStarted(string UtteranceId) : SessionEvent;

    /// <summary>A word begins in the sound that is handed out. After a rewind it is told again.</summary>
    /// <param name="UtteranceId">Whose word.</param>
    /// <param name="Offset">Where in the text it begins.</param>
    /// <param name="Length">How long it is in the text.</param>
    /// <param name="MediaTime">When its sound begins, on the media clock.</param>
    /// <param name="RtpTimestamp">The RTP timestamp of that sound on the connection it was sent to, where there is one: a client that knows
    /// what it plays at the moment shows the word in time with its sound.</param>
    public sealed record WordReached(string UtteranceId, int Offset, int Length, TimeSpan MediaTime, uint? RtpTimestamp) : SessionEvent;

    /// <summary>An utterance was said to its end.</summary>
    public sealed record UtteranceFinished(string UtteranceId) : SessionEvent;

    /// <summary>An utterance was stopped before its end, or before its beginning.</summary>
    /// <param name="UtteranceId">Which.</param>
    /// <param name="Heard">How much of its text was heard, in UTF-16 units; null where that is not known.</param>
    public sealed record UtteranceInterrupted(string UtteranceId, int? Heard = null) : SessionEvent
    {
        /// <summary>What it was a part of, as when it was accepted.</summary>
        public string? Part { get; init; }
    }

    /// <summary>The rest of an utterance was given up, because nobody was there to hear it.</summary>
    public sealed record UtteranceDropped(string UtteranceId) : SessionEvent;

    /// <summary>An utterance could not be said, or not to its end.</summary>
    /// <param name="UtteranceId">Which.</param>
    /// <param name="Fault">Why, as far as it is of use to a person.</param>
    public sealed record UtteranceFailed(string UtteranceId, UtteranceFault Fault = UtteranceFault.Other) : SessionEvent;

    /// <summary>After an outage an utterance goes on, a little before where it broke off.</summary>
    /// <param name="UtteranceId">Which.</param>
    /// <param name="Offset">Where in its text it goes on.</param>
    /// <param name="Away">How long nothing was heard.</param>
    /// <param name="Repeated">How much sound is heard, or may be heard, a second time.</param>
    public sealed record UtteranceResumed(string UtteranceId, int Offset, TimeSpan Away, TimeSpan Repeated) : SessionEvent;

    /// <summary>A voice failed or was too slow, and another one speaks in its place.</summary>
    /// <param name="UtteranceId">While saying what.</param>
    /// <param name="Voice">The engine that should have spoken.</param>
    /// <param name="Fault">Why it did not.</param>
    public sealed record VoiceFellBack(string UtteranceId, string Voice, UtteranceFault Fault) : SessionEvent;

    /// <summary>The session looks or sounds otherwise from now on.</summary>
    /// <param name="Show">What it shows.</param>
    /// <param name="Voice">The voice that was asked for; null for the avatar's own.</param>
    /// <param name="Speed">How fast is spoken: 1, or null, is usual.</param>
    /// <param name="Pitch">How high is spoken: 1, or null, is usual.</param>
    public sealed record Adjusted(string Show, string? Voice, float? Speed = null, float? Pitch = null) : SessionEvent;

    /// <summary>On the line there is the pictures have become fewer or smaller, or whole again.</summary>
    /// <param name="Quality">What is left of them.</param>
    public sealed record PicturesChanged(PictureQuality Quality) : SessionEvent;

    /// <summary>Something went wrong that the session survives.</summary>
    /// <param name="Sentence">What, for a person.</param>
    public sealed record ErrorOccurred(string Sentence) : SessionEvent
    {
        internal override int TextLength => Sentence.Length;
    }

    /// <summary>Something that whatever accompanies the session tells of itself (<see cref="ISessionCompanion"/>), such as a step of a conversation.</summary>
    /// <param name="Name">The kind of event: Latin letters, not one of the others' names.</param>
    /// <param name="Json">Its members, a JSON object.</param>
    public sealed record Told(string Name, string Json) : SessionEvent
    {
        internal override int TextLength => Name.Length + Json.Length;
    }
}

/// <summary>An event with its place in the journal.</summary>
/// <param name="Number">1 for the first; numbers rise, and are never given twice.</param>
/// <param name="At">When it happened.</param>
/// <param name="Event">What happened.</param>
public readonly record struct JournalEntry(long Number, DateTimeOffset At, SessionEvent Event);
