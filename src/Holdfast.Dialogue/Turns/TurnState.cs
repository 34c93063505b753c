using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Holdfast.Dialogue;

/// <summary>Where a conversation is.</summary>
internal enum TurnPhase
{
    /// <summary>Nobody speaks and nothing is asked.</summary>
    Quiet,

    /// <summary>The person speaks.</summary>
    Hearing,

    /// <summary>The person stopped; what they said is being recognised.</summary>
    Deciding,

    /// <summary>The model was asked; nothing of its answer can be said yet.</summary>
    Thinking,

    /// <summary>The answer is being said, and perhaps still written.</summary>
    Speaking,
}

/// <summary>What the person asks.</summary>
/// <param name="Text">Their words.</param>
/// <param name="Key">The client's own name for it, where it gave one.</param>
/// <param name="IsSpoken">Whether it was said and recognised, and not typed.</param>
internal sealed record Question(string Text, string? Key, bool IsSpoken)
{
    /// <summary>Reads the answer as it is written; null where nobody does. It does not outlive the process.</summary>
    [JsonIgnore]
    public IAnswerReader? Reader { get; init; }

    /// <summary>Of one that was said: when it was said and recognised. Null where that is not known.</summary>
    [JsonIgnore]
    public SpeechTimes? Times { get; init; }

    /// <summary>The trace of whoever asked, where there is one.</summary>
    [JsonIgnore]
    public ActivityContext AskedFrom { get; init; }

    /// <summary>The same as the W3C's traceparent, as it is kept for another process; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AskedTrace
    {
        get => AskedFrom == default ? null : $"00-{AskedFrom.TraceId}-{AskedFrom.SpanId}-{(int)AskedFrom.TraceFlags:x2}";
        init => AskedFrom = TurnSpan.TryParse(value, out var context) ? context : default;
    }
}

/// <summary>How long ago something was said and recognised.</summary>
/// <param name="SinceSpeech">Since the end of the voice.</param>
/// <param name="SinceRecognition">Since its words were known.</param>
/// <param name="Recognition">How long the recogniser took for them.</param>
internal sealed record SpeechTimes(TimeSpan SinceSpeech, TimeSpan SinceRecognition, TimeSpan Recognition);

/// <summary>Reads one answer as it is written, whether or not it is heard. Calls come one at a time, from any thread, and must return at once.</summary>
internal interface IAnswerReader
{
    /// <summary>A piece of it is whole.</summary>
    void OnPiece(string text);

    /// <summary>What was read so far was no answer.</summary>
    void OnRetracted();

    /// <summary>Nothing more comes: it is written, or was given up, or never begun.</summary>
    void OnEnd();
}

/// <summary>All that decides what a conversation does next. A value: a snapshot is a read, a restore is an assignment.</summary>
internal sealed record TurnState
{
    /// <summary>Questions that may wait while another one is answered.</summary>
    public const int MaxWaiting = 8;

    /// <summary>A conversation that begins.</summary>
    public static TurnState Initial { get; } = new();

    /// <summary>Where it is.</summary>
    public TurnPhase Phase { get; init; } = TurnPhase.Quiet;

    /// <summary>The number of the turn; 0 before the first. What comes of an older one changes nothing.</summary>
    public long Turn { get; init; }

    /// <summary>Whether nobody is there to hear an answer: nothing new is asked of a model.</summary>
    public bool IsAway { get; init; }

    /// <summary>
    /// What the person's voice broke into: the answer to the turn before, which stands still, and goes on if no word comes of it. Only while
    /// <see cref="TurnPhase.Hearing"/> and <see cref="TurnPhase.Deciding"/>.
    /// </summary>
    public BrokenInto? Under { get; init; }

    /// <summary>Whether the model has said all that it has to say.</summary>
    public bool IsWritten { get; init; }

    /// <summary>Pieces of the answer that were handed on to be said and were not heard to their end.</summary>
    public int Unheard { get; init; }

    /// <summary>What is asked when this turn is over, the oldest first.</summary>
    public ImmutableList<Question> Waiting { get; init; } = [];
}

/// <summary>An answer that stands still while the person speaks.</summary>
/// <param name="Phase">Thinking or speaking.</param>
/// <param name="IsWritten">As in <see cref="TurnState"/>.</param>
/// <param name="Unheard">As in <see cref="TurnState"/>.</param>
internal sealed record BrokenInto(TurnPhase Phase, bool IsWritten, int Unheard);

/// <summary>Something that happens to a conversation.</summary>
internal abstract record TurnInput
{
    private TurnInput()
    {
    }

    /// <summary>The person asks in writing, or what they said into a dead connection arrived.</summary>
    /// <param name="Question">What.</param>
    /// <param name="Interrupts">Whether the answer that is being given is stopped for it; otherwise it waits its turn.</param>
    public sealed record Asked(Question Question, bool Interrupts) : TurnInput;

    /// <summary>The person begins to speak.</summary>
    public sealed record VoiceBegan : TurnInput;

    /// <summary>The person stopped speaking, and it looks as if their turn were over.</summary>
    public sealed record VoiceEnded : TurnInput;

    /// <summary>A word of what the person says was recognised, before the end: it is no cough.</summary>
    /// <param name="Turn">Which turn it belongs to.</param>
    /// <param name="Text">Their words so far.</param>
    public sealed record WordRecognised(long Turn, string Text = "") : TurnInput;

    /// <summary>All that was said was recognised; blank where no word was.</summary>
    public sealed record Recognised(long Turn, string Text) : TurnInput
    {
        /// <summary>When it was said and recognised, where that is known.</summary>
        public SpeechTimes? Times { get; init; }
    }

    /// <summary>Too long no word came of what sounded like a voice.</summary>
    public sealed record FalseAlarm(long Turn) : TurnInput;

    /// <summary>A piece of the answer was handed on to be said.</summary>
    public sealed record PieceHandedOn(long Turn) : TurnInput;

    /// <summary>A piece of the answer was heard to its end, or was lost for good.</summary>
    public sealed record PieceEnded(long Turn) : TurnInput;

    /// <summary>The model is done, whatever came of it: all pieces were handed on before.</summary>
    public sealed record AnswerWritten(long Turn) : TurnInput;

    /// <summary>The person, or a program, wants silence.</summary>
    public sealed record Interrupted : TurnInput;

    /// <summary>Nobody is there any more: the session is held.</summary>
    public sealed record Left : TurnInput;

    /// <summary>Somebody is there again.</summary>
    public sealed record CameBack : TurnInput;
}

/// <summary>Something that is to be done, in the order in which it is told.</summary>
internal abstract record TurnEffect
{
    private TurnEffect()
    {
    }

    /// <summary>Ask the model.</summary>
    public sealed record Ask(long Turn, Question Question) : TurnEffect;

    /// <summary>Give up what is being thought and said for a turn, and all that waits to be said for it.</summary>
    /// <param name="Turn">Which.</param>
    /// <param name="WasSpeaking">Whether something of it was being said.</param>
    public sealed record GiveUp(long Turn, bool WasSpeaking) : TurnEffect;

    /// <summary>Be silent, whoever's words are being said, and be able to go on.</summary>
    public sealed record PauseSpeech : TurnEffect;

    /// <summary>Go on at the last pause.</summary>
    public sealed record ResumeSpeech : TurnEffect;

    /// <summary>What was paused is given up.</summary>
    public sealed record StopSpeech : TurnEffect;

    /// <summary>What the person says from now on, and a little before, belongs to this turn.</summary>
    public sealed record Listen(long Turn) : TurnEffect;

    /// <summary>The person's turn is over: say what was recognised.</summary>
    public sealed record Recognise(long Turn) : TurnEffect;

    /// <summary>Forget what was heard.</summary>
    public sealed record StopListening(long Turn) : TurnEffect;

    /// <summary>No word came of the voice so far: it is a turn only if one does.</summary>
    public sealed record TakeForNoise(long Turn) : TurnEffect;

    /// <summary>A turn is over: its answer was heard to its end, or there was none.</summary>
    public sealed record TurnEnded(long Turn) : TurnEffect;

    /// <summary>Too many questions wait: this one is refused.</summary>
    public sealed record Refuse(Question Question) : TurnEffect;
}
