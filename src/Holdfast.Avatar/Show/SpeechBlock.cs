using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>20 ms of speech, or what stands at a place between two such: the beginning or end of an utterance.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Pcm">960 samples, or null for a pause.</param>
/// <param name="Mouth">The mouth for it.</param>
/// <param name="Loudness">0 to 1.</param>
/// <param name="UtteranceId">Whose sound, beginning, end or failure it is; for sound the queue fills it in.</param>
/// <param name="Fault">Why it failed; null for anything else.</param>
/// <param name="Word">The word of the utterance's text that begins in it; empty where none does.</param>
internal readonly record struct SpeechBlock(
    SpeechBlockKind Kind, short[]? Pcm, MouthShape Mouth, float Loudness, string? UtteranceId, UtteranceFault? Fault, TextRange Word = default)
{
    /// <summary>Which 20 ms of all the show's speech it is, from 1; 0 for a mark. Given by the queue.</summary>
    public long Place { get; init; }

    /// <summary>Which 20 ms of its utterance it is, from 0. Given by the queue.</summary>
    public int Offset { get; init; }

    /// <summary>How loud the sound itself is (<see cref="SpeechPauses.LevelOf"/>). Given by the queue.</summary>
    public float Level { get; init; }
}

internal enum SpeechBlockKind
{
    /// <summary>20 ms to be heard and seen.</summary>
    Sound,

    /// <summary>An utterance begins.</summary>
    Start,

    /// <summary>An utterance is over.</summary>
    End,

    /// <summary>An utterance could not be spoken, or not to its end.</summary>
    Failure,
}

/// <summary>Keeps the sample buffers of blocks that were heard for the next ones: nothing is allocated while speaking goes on.</summary>
internal static class SamplePool
{
    private const int MaxKept = 2_048;

    private static readonly Stack<short[]> Free = new(MaxKept);
    private static readonly Lock Gate = new();

    public static short[] Rent()
    {
        lock (Gate)
        {
            if (Free.TryPop(out var samples))
            {
                return samples;
            }
        }

        return new short[SoundFormat.SamplesPerFrame];
    }

    public static void Return(short[]? samples)
    {
        if (samples is null)
        {
            return;
        }

        lock (Gate)
        {
            if (Free.Count < MaxKept)
            {
                Free.Push(samples);
            }
        }
    }
}
