using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// What a page recorded while the connection was lost: it fills what is missing in what the person is saying, or precedes it, or is a question of its own.
/// </summary>
/// <remarks>It is called, and goes on, in the ear's order; what takes long is done elsewhere.</remarks>
/// <param name="gap">Knows what arrived around the outage.</param>
/// <param name="ear">In whose order it goes on.</param>
/// <param name="words">Asks for the words of what was said wholly into the dead connection.</param>
/// <param name="host">Is told of those.</param>
/// <param name="speech">What the person is saying at the moment; null where they are silent.</param>
/// <param name="onWhole">Something that was waited for is there, or is not to be had.</param>
internal sealed class RecordedSpeech(
    ListeningGap gap, Ear ear, WordsOfSpeech words, IListenerHost host, Func<PersonSpeech?> speech, Action<PersonSpeech> onWhole)
{
    /// <summary>A voice that begins so soon after a gap was there before it, in samples: 1 s.</summary>
    private const long LongestBreath = HearingFormat.SampleRate;

    private (short[] Recording, long? BeganAt)? _early;

    public ListeningGap Gap => gap;

    /// <summary>A recording came.</summary>
    /// <returns>Whether it is looked through.</returns>
    public bool Take(RecentSound recent, short[] recording, long? beganAt, string? key)
    {
        if (!gap.Wants(beganAt, key))
        {
            return false;
        }

        if (gap.IsOpen)
        {
            // Its HTTP was quicker than its connection. What comes next tells where the gap ends.
            _early = (recording, beganAt);
        }
        else
        {
            Join(recent, recording, beganAt);
        }

        return true;
    }

    /// <summary>The connection is back.</summary>
    public void OnBack(RecentSound recent)
    {
        if (_early is var (recording, beganAt))
        {
            _early = null;
            gap.Wants(beganAt, key: null);
            Join(recent, recording, beganAt);
        }
    }

    private void Join(RecentSound recent, short[] recording, long? beganAt) => _ = speech() is { IsWaiting: true } waiting
        ? FollowAsync(gap.FindAsync(waiting, recording, beganAt), found => Fill(waiting, found))
        : FollowAsync(gap.FindAsync(recent, recording, beganAt), OnFound);

    private async Task FollowAsync<T>(Task<T> finding, Action<T> then)
    {
        try
        {
            var found = await finding.ConfigureAwait(false);
            ear.Post(() => then(found));
        }
        catch (OperationCanceledException)
        {
            // Nothing listens any more.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            host.OnFault(exception);
        }
    }

    private void Fill(PersonSpeech waiting, FoundSound[] found)
    {
        if (speech() != waiting)
        {
            return;
        }

        foreach (var (hole, sound, voiced) in found)
        {
            waiting.Fill(hole, sound, voiced);
        }

        if (!gap.IsOpen)
        {
            onWhole(waiting);
        }
    }

    private void OnFound(FoundSound found)
    {
        if (found.Voiced == 0)
        {
            return;
        }

        if (speech() is { HasEnded: false, SinceMissing: < LongestBreath } going)
        {
            // They were speaking all the time.
            going.Precede(found.Sound);
            onWhole(going);
        }
        else
        {
            _ = AskAsync(found.Sound);
        }
    }

    /// <summary>What was said wholly into the dead connection is a question of its own.</summary>
    private async Task AskAsync(short[] sound)
    {
        try
        {
            var text = await words.OfAsync(sound).ConfigureAwait(false);
            if (text.Length > 0)
            {
                host.OnSaidInTheGap(text);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            host.OnNotHeard(turn: 0, exception);
        }
    }
}
