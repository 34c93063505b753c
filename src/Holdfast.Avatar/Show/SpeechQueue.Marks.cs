using Holdfast.Media;

namespace Holdfast.Avatar;

// Where in its text a place is, so that another process can find it again.
internal sealed partial class SpeechQueue
{
    /// <summary>What is kept of the entries while they are in the file; null while they are here.</summary>
    private Landmarks? _landmarks;

    /// <summary>Where in its text a place is (<see cref="IResumableShow.MarkOf"/>), also while speech is put aside.</summary>
    public SpeechMark? MarkOf(long place)
    {
        lock (_gate)
        {
            var marks = _landmarks ?? Survey();
            var target = place > 0 ? Math.Max(place, marks.First) : marks.Next;
            var (id, offset) = target < marks.End && marks.At(target) is { } found
                ? (found.UtteranceId, found.Offset + (int)(target - found.Place))
                : (_making, _offset);
            if (id is null || offset == 0)
            {
                return null;
            }

            target = Math.Min(target, marks.End);
            var word = marks.WordNear(target, id);
            return new SpeechMark(
                id,
                SoundFormat.FrameDuration * offset,
                word?.Word.Offset,
                SoundFormat.FrameDuration * (word is { } at ? target - at.Place : 0));
        }
    }

    /// <summary>The beginnings of utterances and words among all entries. Under the lock.</summary>
    private Landmarks Survey()
    {
        var all = new List<Landmark>();
        var (first, next, end) = (0L, 0L, 0L);
        string? id = null;
        for (var i = _ring.First; i < _ring.End; i++)
        {
            ref readonly var block = ref _ring[i];
            if (block.Kind != SpeechBlockKind.Sound || block.UtteranceId is not { } utterance)
            {
                continue;
            }

            if (block.Word.Length > 0 || !string.Equals(id, utterance, StringComparison.Ordinal))
            {
                all.Add(new Landmark(block.Place, utterance, block.Offset, block.Word));
            }

            id = utterance;
            first = first == 0 ? block.Place : first;
            next = next == 0 && i >= _next ? block.Place : next;
            end = block.Place + 1;
        }

        return new Landmarks([.. all], first, next == 0 ? end : next, end);
    }

    /// <param name="Place">Of the entry.</param>
    /// <param name="UtteranceId">What it belongs to.</param>
    /// <param name="Offset">Blocks into the utterance.</param>
    /// <param name="Word">The word that begins there; empty where none does.</param>
    private readonly record struct Landmark(long Place, string UtteranceId, int Offset, TextRange Word);

    /// <param name="All">In order; between two of them places and offsets go on one by one.</param>
    /// <param name="First">The first place there is; 0 where there is none.</param>
    /// <param name="Next">The place that would be taken next.</param>
    /// <param name="End">The place after the last.</param>
    private sealed record Landmarks(Landmark[] All, long First, long Next, long End)
    {
        public Landmark? At(long place)
        {
            var index = Array.FindLastIndex(All, mark => mark.Place <= place);
            return index < 0 ? null : All[index];
        }

        /// <summary>The word of an utterance that begins at a place or before it, or else the first after it.</summary>
        public Landmark? WordNear(long place, string id)
        {
            bool IsWord(Landmark mark) => mark.Word.Length > 0 && string.Equals(mark.UtteranceId, id, StringComparison.Ordinal);
            var index = Array.FindLastIndex(All, mark => mark.Place <= place && IsWord(mark));
            index = index < 0 ? Array.FindIndex(All, mark => mark.Place > place && IsWord(mark)) : index;
            return index < 0 ? null : All[index];
        }
    }
}
