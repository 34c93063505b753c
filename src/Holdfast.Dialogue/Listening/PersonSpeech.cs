using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>What a person is saying in one go: its sound, how far it was voice, and how far that was recognised.</summary>
/// <remarks>Not thread-safe: it belongs to the listener's own order.</remarks>
internal sealed class PersonSpeech(int longest, long beganAt)
{
    private int _counter;
    private CancellationTokenSource? _recognition;

    /// <summary>When it began, a timestamp of the clock.</summary>
    public long BeganAt { get; } = beganAt;

    /// <summary>When the last of it was heard.</summary>
    public long HeardAt { get; set; } = beganAt;

    /// <summary>How much was heard before it since something was missing, in samples: little, and it may have begun there.</summary>
    public long SinceMissing { get; init; } = long.MaxValue;

    /// <summary>What the conversation knows of it.</summary>
    public SpeechTold Told { get; } = new();

    /// <summary>All that arrived, in its time.</summary>
    public SpeechSound Sound { get; } = new(longest);

    /// <summary>Since when what is missing in it is waited for; null where it is not.</summary>
    public long? WaitsSince { get; private set; }

    public bool IsWaiting => WaitsSince is not null;

    /// <summary>What is missing from here on may be in a recording, in samples.</summary>
    public int WaitsFrom { get; private set; }

    /// <summary>The end of the last frame that was voice, in samples.</summary>
    public int VoicedUpTo { get; set; }

    /// <summary>Whether the silence after it ended it.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The words so far; null before any were recognised.</summary>
    public string? Text { get; set; }

    public bool HasWords => !string.IsNullOrEmpty(Text);

    /// <summary>What was voiced up to here is in <see cref="Text"/>, as far as it was words; -1 before.</summary>
    public int RecognisedUpTo { get; set; } = -1;

    /// <summary>What is being recognised reaches up to here; -1 while nothing is.</summary>
    public int RecognisingUpTo { get; private set; } = -1;

    /// <summary>The length of the sound when it was recognised last.</summary>
    public int AskedAt { get; private set; }

    /// <summary>What was voiced up to here was asked for, whatever came of it; -1 before.</summary>
    public int AskedUpTo { get; private set; } = -1;

    /// <summary>Whether all that was voiced was recognised.</summary>
    public bool IsRecognised => RecognisedUpTo >= VoicedUpTo;

    public SpeechStanding Standing => new(Text, IsRecognised, HasEnded, IsWaiting);

    /// <summary>Recognition begins; what answers for an older one is too late.</summary>
    public (int Number, CancellationToken Token) BeginRecognition()
    {
        _recognition?.Cancel();
        _recognition = new CancellationTokenSource();
        (RecognisingUpTo, AskedUpTo, AskedAt) = (VoicedUpTo, VoicedUpTo, Sound.Length);
        return (++_counter, _recognition.Token);
    }

    public bool IsCurrent(int recognition) => recognition == _counter;

    public void EndRecognition() => RecognisingUpTo = -1;

    /// <summary>When its words were recognised last, a timestamp of the clock, and how long that took.</summary>
    public (long At, TimeSpan Took) Recognised { get; set; }

    public void StopRecognition()
    {
        _counter++;
        RecognisingUpTo = -1;
        _recognition?.Cancel();
    }

    /// <summary>The path is lost: what is missing may come later, and until then nothing is decided.</summary>
    public void Wait(long now)
    {
        Sound.Open();
        WaitsFrom = WaitsSince is null ? Sound.Length - ListeningGap.KnownLate : WaitsFrom;
        (WaitsSince, HasEnded) = (now, false);
        AskAnew();
    }

    /// <summary>The path is back: from now on it is not waited for ever.</summary>
    public void WaitFrom(long now) => (WaitsSince, HeardAt) = (now, now);

    /// <summary>What was missing came, or will not come.</summary>
    public void StopWaiting(long now) => (WaitsSince, HeardAt) = (null, now);

    /// <summary>Something that was missing came.</summary>
    /// <param name="hole">Where it belongs.</param>
    /// <param name="sound">It.</param>
    /// <param name="voiced">The end of the last voice in it; 0 where there is none.</param>
    public void Fill(int hole, ReadOnlySpan<short> sound, int voiced)
    {
        if (Sound.Fill(hole, sound) is var (start, moved))
        {
            Move(start, moved, voiced);
        }
    }

    /// <summary>They were speaking before: what came of that later belongs before all that arrived.</summary>
    public void Precede(ReadOnlySpan<short> sound)
    {
        Sound.Precede(sound);
        Move(start: 0, sound.Length, voiced: 0);
    }

    private void Move(int start, int moved, int voiced)
    {
        VoicedUpTo = Math.Min(Sound.Length, VoicedUpTo > start ? VoicedUpTo + moved : voiced > 0 ? start + voiced : VoicedUpTo);
        AskAnew();
    }

    private void AskAnew()
    {
        StopRecognition();
        (RecognisedUpTo, AskedUpTo, AskedAt) = (-1, -1, 0);
    }
}
