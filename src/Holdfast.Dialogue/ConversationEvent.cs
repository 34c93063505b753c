using System.Text.Json.Serialization;

namespace Holdfast.Dialogue;

/// <summary>A step of a turn, for programs: with these anybody can compute latency.</summary>
/// <param name="Turn">The number of the turn.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TurnStarted), "turnStarted")]
[JsonDerivedType(typeof(PhaseChanged), "phase")]
[JsonDerivedType(typeof(Heard), "heard")]
[JsonDerivedType(typeof(NotHeard), "notHeard")]
[JsonDerivedType(typeof(AnswerBegan), "answer")]
[JsonDerivedType(typeof(Spoken), "spoken")]
[JsonDerivedType(typeof(Shown), "shown")]
[JsonDerivedType(typeof(ToolCalled), "tool")]
[JsonDerivedType(typeof(ModelFailed), "modelFailed")]
[JsonDerivedType(typeof(TurnEnded), "turnEnded")]
public abstract record ConversationEvent(long Turn)
{
    /// <summary>A question was taken and the model is asked.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="Text">The question.</param>
    /// <param name="IsSpoken">Whether it was said, and not typed.</param>
    /// <param name="Model">Who is asked.</param>
    public sealed record TurnStarted(long Turn, string Text, bool IsSpoken, string Model) : ConversationEvent(Turn);

    /// <summary>The conversation went on to another phase: the one state that a page shows.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="Phase">Which: "quiet", "hearing", "deciding", "thinking" or "speaking".</param>
    public sealed record PhaseChanged(long Turn, string Phase) : ConversationEvent(Turn);

    /// <summary>Something was recognised of what the person says.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="Text">Their words so far.</param>
    /// <param name="IsFinal">Whether that is all.</param>
    public sealed record Heard(long Turn, string Text, [property: JsonPropertyName("final")] bool IsFinal) : ConversationEvent(Turn)
    {
        /// <summary>From the end of their voice to this; null while they speak, and where it is not known.</summary>
        public int? SinceSpeechMilliseconds { get; init; }

        /// <summary>How long the recogniser took for all of their words; null while they speak, and where it is not known.</summary>
        public int? RecognitionMilliseconds { get; init; }
    }

    /// <summary>The person said something, and the recogniser failed.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="Cause">For a program: "unreachable", "status", "timeout" or "protocol".</param>
    /// <param name="Status">The HTTP status, where it is one.</param>
    /// <param name="Sentence">What the person is told.</param>
    public sealed record NotHeard(long Turn, string Cause, int? Status, string Sentence) : ConversationEvent(Turn);

    /// <summary>The first piece of the answer is whole and goes to the voice.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="FirstTokenMilliseconds">From asking to the first token.</param>
    /// <param name="FirstPieceMilliseconds">From asking to the first whole piece.</param>
    public sealed record AnswerBegan(long Turn, int FirstTokenMilliseconds, int FirstPieceMilliseconds) : ConversationEvent(Turn)
    {
        /// <summary>From the question to asking the model; where it was asked more than once, to the call that answered.</summary>
        public int AskedMilliseconds { get; init; }
    }

    /// <summary>The first sound of the answer is sent. Where a filler was said before, once for each of the two.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="UtteranceId">The utterance that it is the beginning of.</param>
    /// <param name="FirstSoundMilliseconds">From the question to this sound.</param>
    /// <param name="IsFiller">Whether it is only a filler, while a tool takes its time.</param>
    public sealed record Spoken(long Turn, string UtteranceId, int FirstSoundMilliseconds, bool IsFiller) : ConversationEvent(Turn);

    /// <summary>A piece of the answer that is shown and cannot be said.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="Text">The piece.</param>
    public sealed record Shown(long Turn, string Text) : ConversationEvent(Turn);

    /// <summary>A tool was called during the turn.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="Name">The tool.</param>
    /// <param name="Milliseconds">How long it took.</param>
    /// <param name="Failed">Whether it failed; the model is told.</param>
    public sealed record ToolCalled(long Turn, string Name, int Milliseconds, bool Failed) : ConversationEvent(Turn);

    /// <summary>The model gave no answer, or not all of it.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="Cause">For a program: "timeout", "unreachable", "status", "error", "protocol", "empty", "broken", "length" or "filtered".</param>
    /// <param name="Status">The HTTP status, where it is one.</param>
    /// <param name="Sentence">What the person is told.</param>
    public sealed record ModelFailed(long Turn, string Cause, int? Status, string Sentence) : ConversationEvent(Turn);

    /// <summary>A turn is over.</summary>
    /// <param name="Turn">The number of the turn.</param>
    /// <param name="How">"heard" to its end, "brokenOff" by the person, "empty", or "failed".</param>
    /// <param name="Text">What was heard of the answer.</param>
    /// <param name="Milliseconds">From the question to this.</param>
    public sealed record TurnEnded(long Turn, string How, string Text, int Milliseconds) : ConversationEvent(Turn)
    {
        /// <summary>From the question to when the answer was given up; null where it was not. What was heard until then is the text.</summary>
        public int? InterruptedMilliseconds { get; init; }
    }
}

/// <summary>Is told what happens in a conversation. Calls come one at a time, in their order, from any thread, and must return at once.</summary>
internal interface IConversationObserver
{
    /// <summary>Something happened.</summary>
    void OnConversationEvent(ConversationEvent happened);
}
