using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>What a person is saying in one go: its sound, what was recognised of it, and what the conversation was told of it already.</summary>
/// <remarks>Not thread-safe: it belongs to the listener's own order.</remarks>
internal sealed class PersonSpeech(int longest, long beganAt)
{
    private int _counter;
    private SpeechSound? _between;

    /// <summary>When it began, a timestamp of the clock.</summary>
    public long BeganAt { get; } = beganAt;

    /// <summary>When the last of it was heard.</summary>
    public long HeardAt { get; set; } = beganAt;

    /// <summary>All that arrived; after a gap that is waited for, only what came after it.</summary>
    public SpeechSound Sound { get; private set; } = new(longest);

    /// <summary>What arrived before a gap of which a recording is waited for; null where there is none.</summary>
    public SpeechSound? Before { get; private set; }

    /// <summary>When it will not be waited for any more.</summary>
    public long GapSince { get; set; }

    /// <summary>The end of the last frame that was voice, in samples.</summary>
    public int VoicedUpTo { get; set; }

    /// <summary>The turn it belongs to; 0 until that is told.</summary>
    public long Turn { get; set; }

    public bool IsToldBegun { get; set; }

    /// <summary>Whether it was taken for noise: nothing is told of it until a word comes.</summary>
    public bool IsTakenForNoise { get; set; }

    public bool IsToldFalseAlarm { get; set; }

    /// <summary>Whether the silence after it ended it.</summary>
    public bool HasEnded { get; set; }

    public bool IsToldEnded { get; set; }

    /// <summary>The turn whose words are asked for; 0 while they are not.</summary>
    public long Wanted { get; set; }

    /// <summary>The words so far; null before any were recognised.</summary>
    public string? Text { get; set; }

    public bool HasWords => !string.IsNullOrEmpty(Text);

    public bool HasUntoldText { get; set; }

    /// <summary>What was voiced up to here is in <see cref="Text"/>, as far as it was words; -1 before.</summary>
    public int RecognisedUpTo { get; set; } = -1;

    /// <summary>What is being recognised reaches up to here; -1 while nothing is.</summary>
    public int RecognisingUpTo { get; private set; } = -1;

    /// <summary>The length of the sound when it was recognised last.</summary>
    public int AskedAt { get; private set; }

    /// <summary>What was voiced up to here was asked for, whatever came of it; -1 before.</summary>
    public int AskedUpTo { get; private set; } = -1;

    public CancellationTokenSource? Recognition { get; private set; }

    /// <summary>Whether all that was voiced was recognised.</summary>
    public bool IsRecognised => RecognisedUpTo >= VoicedUpTo;

    /// <summary>Recognition begins; what answers for an older one is too late.</summary>
    public (int Number, CancellationToken Token) BeginRecognition()
    {
        Recognition?.Cancel();
        Recognition = new CancellationTokenSource();
        (RecognisingUpTo, AskedUpTo, AskedAt) = (VoicedUpTo, VoicedUpTo, Sound.Length);
        return (++_counter, Recognition.Token);
    }

    public bool IsCurrent(int recognition) => recognition == _counter;

    public void EndRecognition() => RecognisingUpTo = -1;

    /// <summary>When its words were recognised last, a timestamp of the clock, and how long that took.</summary>
    public (long At, TimeSpan Took) Recognised { get; set; }

    public void StopRecognition()
    {
        _counter++;
        RecognisingUpTo = -1;
        Recognition?.Cancel();
    }

    /// <summary>Something is missing here: what was recorded of it may come.</summary>
    public void BeginGap(int longestSound, long now)
    {
        if (Before is null)
        {
            Before = Sound;
        }
        else
        {
            // A second gap before the first was filled: a recording that has the first has this too.
            _between ??= new SpeechSound(longestSound);
            _between.Append(Sound.Span);
        }

        Sound = new SpeechSound(longestSound);
        (VoicedUpTo, RecognisedUpTo, AskedUpTo, AskedAt, GapSince, HasEnded) = (0, -1, -1, 0, now, false);
        StopRecognition();
    }

    /// <summary>What was missing came, or will not come: from now on it is one sound.</summary>
    public void CloseGap(ReadOnlySpan<short> missing, int longestSound)
    {
        Fill(Before is null ? [] : Before.Span, missing.IsEmpty && _between is not null ? _between.Span : missing, longestSound);
        (Before, _between) = (null, null);
    }

    private void Fill(ReadOnlySpan<short> before, ReadOnlySpan<short> missing, int longestSound)
    {
        if (before.IsEmpty && missing.IsEmpty)
        {
            return;
        }

        var whole = new SpeechSound(longestSound);
        whole.Append(before);
        whole.Append(missing);
        VoicedUpTo = VoicedUpTo > 0 ? Math.Min(whole.Length + VoicedUpTo, longestSound) : whole.Length;
        whole.Append(Sound.Span);
        (Sound, RecognisedUpTo, AskedUpTo) = (whole, -1, -1);
        StopRecognition();
    }
}
