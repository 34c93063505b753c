using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>
/// The beginnings of utterances and words in a row of speech: tells where in its text a place is, so that another process can find it
/// again, also while the sound itself is elsewhere.
/// </summary>
internal sealed class SpeechLandmarks
{
    // In order; between two of them places and offsets go on one by one.
    private readonly Landmark[] _all;

    private readonly long _first;
    private readonly long _next;
    private readonly long _end;

    // The utterance whose sound was all taken and whose end was not, at the place after its last: it is not over, though nothing of it is left to be heard.
    private readonly Landmark? _ending;

    /// <param name="all">What begins, in order.</param>
    /// <param name="first">The first place there is; 0 where there is none.</param>
    /// <param name="next">The place that would be taken next.</param>
    /// <param name="end">The place after the last.</param>
    /// <param name="ending">The utterance whose end is taken next; null where something else is.</param>
    private SpeechLandmarks(Landmark[] all, long first, long next, long end, Landmark? ending) =>
        (_all, _first, _next, _end, _ending) = (all, first, next, end, ending);

    /// <summary>Those of all entries in a ring.</summary>
    /// <param name="ring">The entries.</param>
    /// <param name="taken">The number of the entry that is taken next.</param>
    public static SpeechLandmarks Of(SpeechRing ring, long taken)
    {
        var all = new List<Landmark>();
        var (first, next, end) = (0L, 0L, 0L);
        var (id, blocks) = ((string?)null, 0);
        Landmark? ending = null;
        for (var i = ring.First; i < ring.End; i++)
        {
            ref readonly var block = ref ring[i];
            if (block.Kind is SpeechBlockKind.End or SpeechBlockKind.Failure && i >= taken && next == 0 && string.Equals(id, block.UtteranceId, StringComparison.Ordinal))
            {
                ending ??= new Landmark(end, id!, blocks, default);
            }

            if (block.Kind != SpeechBlockKind.Sound || block.UtteranceId is not { } utterance)
            {
                continue;
            }

            if (block.Word.Length > 0 || !string.Equals(id, utterance, StringComparison.Ordinal))
            {
                all.Add(new Landmark(block.Place, utterance, block.Offset, block.Word));
            }

            (id, blocks) = (utterance, block.Offset + 1);
            first = first == 0 ? block.Place : first;
            next = next == 0 && i >= taken ? block.Place : next;
            end = block.Place + 1;
        }

        return new SpeechLandmarks([.. all], first, next == 0 ? end : next, end, ending);
    }

    /// <summary>Where in its text a place is (<see cref="IResumableShow.MarkOf"/>).</summary>
    /// <param name="place">The place; 0 for the one that would be taken next.</param>
    /// <param name="making">The utterance whose sound comes after the last place; null where none is being made.</param>
    /// <param name="made">Blocks of it that there are.</param>
    public SpeechMark? MarkOf(long place, string? making, int made)
    {
        var target = place > 0 ? Math.Max(place, _first) : _next;
        var (id, offset) = _ending is { } ending && target >= ending.Place ? (ending.UtteranceId, ending.Offset)
            : target < _end && At(target) is { } found ? (found.UtteranceId, found.Offset + (int)(target - found.Place))
            : (making, made);
        if (id is null || offset == 0)
        {
            return null;
        }

        target = Math.Min(target, _ending is { } over && string.Equals(over.UtteranceId, id, StringComparison.Ordinal) ? over.Place : _end);
        var word = WordNear(target, id);
        return new SpeechMark(
            id,
            SoundFormat.FrameDuration * offset,
            word?.Word.Offset,
            SoundFormat.FrameDuration * (word is { } at ? target - at.Place : 0));
    }

    private Landmark? At(long place)
    {
        var index = Array.FindLastIndex(_all, mark => mark.Place <= place);
        return index < 0 ? null : _all[index];
    }

    /// <summary>The word of an utterance that begins at a place or before it, or else the first after it.</summary>
    private Landmark? WordNear(long place, string id)
    {
        bool IsWord(Landmark mark) => mark.Word.Length > 0 && string.Equals(mark.UtteranceId, id, StringComparison.Ordinal);
        var index = Array.FindLastIndex(_all, mark => mark.Place <= place && IsWord(mark));
        index = index < 0 ? Array.FindIndex(_all, mark => mark.Place > place && IsWord(mark)) : index;
        return index < 0 ? null : _all[index];
    }

    /// <param name="Place">Of the entry.</param>
    /// <param name="UtteranceId">What it belongs to.</param>
    /// <param name="Offset">Blocks into the utterance.</param>
    /// <param name="Word">The word that begins there; empty where none does.</param>
    private readonly record struct Landmark(long Place, string UtteranceId, int Offset, TextRange Word);
}
