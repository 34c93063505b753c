namespace Holdfast.Media;

/// <summary>
/// A show whose speech another one can go on with, when this one is gone with its process. What is kept for that is the text and a place in
/// it, never the sound: that is made anew.
/// </summary>
/// <remarks>A show that is not one says anew, from its beginning, what was not heard to its end.</remarks>
public interface IResumableShow : IRewindableShow
{
    /// <summary>
    /// Where in its text a place of the speech is, so that another show can find it again. From any thread.
    /// </summary>
    /// <param name="place">The first place that was not heard; 0 for what would be handed out next.</param>
    /// <returns>Null where that is the beginning of an utterance, or nothing is being said.</returns>
    SpeechMark? MarkOf(long place);

    /// <summary>
    /// Puts at the end of what is to be said an utterance whose beginning was heard. It goes on at the last pause before the mark, which is
    /// told as <see cref="IShowObserver.UtteranceResumed"/>. From any thread.
    /// </summary>
    /// <param name="utterance">The whole of it.</param>
    /// <param name="mark">Where it goes on. A mark that is not in the text does no harm: then more is said again.</param>
    SayResult Continue(Utterance utterance, SpeechMark mark);

    /// <summary>
    /// What was made of the utterance from a place on, so that another show can begin with it while it makes the rest anew. From any thread; changes
    /// nothing. A show that has none says all of it anew.
    /// </summary>
    /// <param name="place">As for <see cref="MarkOf"/>.</param>
    /// <returns>What <see cref="Continue(Utterance, SpeechMark, ReadOnlyMemory{byte})"/> understands, some 200 KB at the most; empty where there is none.</returns>
    ReadOnlyMemory<byte> MadeFrom(long place) => default;

    /// <summary>
    /// Hands out a little more and then nothing, for good: another show goes on with the very next sound. In between two ticks; what was handed out until
    /// then counts as heard.
    /// </summary>
    /// <param name="least">How much more at the least, 20 ms each; 0: nothing. Less where the utterance ends before, or has not been made so far.</param>
    /// <param name="most">How much more at the most: in between it is left in a pause, where there is one.</param>
    /// <returns>Where the other one goes on; null: this show cannot tell, and goes on as it was.</returns>
    SpeechLeft? LeaveAfter(int least, int most) => null;

    /// <summary>
    /// What another show handed out just before the sound that <see cref="IShow.ReadAudio"/> gave last, oldest first: an encoder takes it in before that sound,
    /// and goes on as if it had made the other's, too. On the thread of <see cref="IShow.ReadAudio"/>, after it.
    /// </summary>
    /// <param name="pcm">Receives 20 ms.</param>
    /// <returns>False where there is none, or no more.</returns>
    bool ReadLeadIn(Span<short> pcm) => false;

    /// <summary>As <see cref="Continue(Utterance, SpeechMark)"/>, beginning with what another show had made.</summary>
    /// <param name="utterance">The whole of it.</param>
    /// <param name="mark">Where it goes on.</param>
    /// <param name="made">What <see cref="MadeFrom"/> gave for the same place. Whatever else it is, it does no harm: then all is made anew.</param>
    SayResult Continue(Utterance utterance, SpeechMark mark, ReadOnlyMemory<byte> made) => Continue(utterance, mark);
}

/// <summary>What one show leaves of its speech to another.</summary>
/// <param name="Mark">The first sound that the other one has to hand out; null where that is the beginning of an utterance, or there is none.</param>
/// <param name="Made">What was made from there (<see cref="IResumableShow.MadeFrom"/>); empty where there is none.</param>
/// <param name="Finished">The utterance that is handed out to its end before that; null where none is. Its end is told as ever.</param>
/// <param name="Ticks">How much is handed out before, 20 ms each.</param>
public sealed record SpeechLeft(SpeechMark? Mark, ReadOnlyMemory<byte> Made, string? Finished, int Ticks);

/// <summary>A place in what was being said. It is found again by its word, since the same text need not sound the same for the same time.</summary>
/// <param name="UtteranceId">The utterance.</param>
/// <param name="Offset">How far into its sound it is.</param>
/// <param name="Word">Where in its text the word is that it is told by, in UTF-16 units; null where the words are not known.</param>
/// <param name="SinceWord">How long after the beginning of that word; negative where the word is the next one.</param>
public readonly record struct SpeechMark(string UtteranceId, TimeSpan Offset, int? Word, TimeSpan SinceWord);
