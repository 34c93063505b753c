using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>Whether a person pauses, whether they have ended, and whether it was a voice at all. Pure: asked after each frame.</summary>
/// <remarks>
/// At each short pause the recogniser is asked for the words so far. If nothing more is said, these were all, and the end of the turn waits for nothing; if
/// more is said, they were a partial transcript, and tell a real word from a cough.
/// </remarks>
internal sealed class SpeechRules(ListeningOptions options, IEndOfTurn endOfTurn)
{
    /// <summary>A pause at which the words so far are asked for: 200 ms.</summary>
    private const int Pause = HearingFormat.SampleRate / 5;

    /// <summary>A voice that goes on without a pause is not asked for its words again and again beyond this: 20 s.</summary>
    private const int LongestForPartials = 20 * HearingFormat.SampleRate;

    /// <summary>The longest turn, in samples.</summary>
    public int Longest { get; } = options.MaxTurnSeconds * HearingFormat.SampleRate;

    /// <summary>How long no word may come of a voice before it is taken for none.</summary>
    public TimeSpan FalseAlarmAfter { get; } = TimeSpan.FromMilliseconds(options.FalseAlarmMilliseconds);

    /// <summary>Why the words so far are to be asked for now.</summary>
    public WordsDue WordsDueOf(PersonSpeech speech)
    {
        if (speech.AskedUpTo >= speech.VoicedUpTo)
        {
            return WordsDue.No;
        }

        if (SilenceOf(speech) >= Pause)
        {
            return WordsDue.AtPause;
        }

        return options.PartialMilliseconds is > 0 and var every && speech.RecognisingUpTo < 0 && speech.Sound.Length < LongestForPartials
            && HearingFormat.DurationOf(speech.Sound.Length - speech.AskedAt).TotalMilliseconds >= every ? WordsDue.InBetween : WordsDue.No;
    }

    /// <summary>Whether the turn is over: by silence where nobody says so by a button, and by its bound.</summary>
    public bool HasEnded(PersonSpeech speech, bool isHandsFree) => speech.Sound.IsFull || (isHandsFree && SilenceOf(speech) >= HearingFormat.SamplesOf(
        endOfTurn.SilenceAfter(new HeardSoFar(speech.IsRecognised ? speech.Text : null, HearingFormat.DurationOf(speech.VoicedUpTo), speech.Sound.Memory))));

    /// <summary>Whether by its length a word should have come of it.</summary>
    public bool IsFalseAlarm(PersonSpeech speech) => !speech.HasWords && speech.Told.MayBeFalseAlarm && HearingFormat.DurationOf(speech.Sound.Length) >= FalseAlarmAfter;

    /// <summary>The silence that was heard since the last voice: what is missing is none.</summary>
    private static int SilenceOf(PersonSpeech speech) => speech.Sound.Length - speech.VoicedUpTo - speech.Sound.MissingAfter(speech.VoicedUpTo);
}

/// <summary>Why the words so far are asked for.</summary>
internal enum WordsDue
{
    No,

    /// <summary>The person pauses.</summary>
    AtPause,

    /// <summary>They have been speaking for a while.</summary>
    InBetween,
}
