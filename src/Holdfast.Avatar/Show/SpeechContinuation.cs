using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>
/// Finds, in the sound of an utterance that is made anew, where it goes on after what was heard of it: at the last pause before the
/// mark. What is before that is made and thrown away.
/// </summary>
/// <remarks>
/// The mark is found by its word, since a voice need not say the same text in the same time again. Where the word is not found, more is said
/// again, and nothing is left out. One caller at a time.
/// </remarks>
/// <param name="mark">The first sound that was not heard.</param>
/// <param name="found">
/// Is told, before the first block is given back, how many blocks into the utterance it goes on, and how many of them had been heard.
/// </param>
/// <param name="isBegun">Whether its beginning is in the queue already: another show's sound comes before it.</param>
internal sealed class SpeechContinuation(SpeechMark mark, Action<int, int> found, bool isBegun = false)
{
    private readonly List<SpeechBlock> _blocks = [];
    private SpeechBlock? _start;
    private int _lastWord;
    private int? _target;

    /// <summary>Whether it was found: everything from now on is to be heard.</summary>
    public bool IsFound { get; private set; }

    /// <summary>Whether what ends at a place in the text need not be made at all. Where the word is the next one, the mark is before it.</summary>
    public bool NeedsNothingBefore(int textOffset) =>
        !IsFound && _blocks.Count == 0 && mark.Word is { } word && textOffset <= word && mark.SinceWord >= TimeSpan.Zero;

    /// <summary>Takes the next block of the utterance.</summary>
    /// <returns>What is to be heard, in order; nothing until that is known.</returns>
    public IEnumerable<SpeechBlock> Take(in SpeechBlock block)
    {
        if (block.Kind == SpeechBlockKind.Start)
        {
            _start = isBegun ? null : block;
            return [];
        }

        if (block.Kind == SpeechBlockKind.Sound)
        {
            _blocks.Add(block);
            _target ??= mark.Word is { } word ? FindByWord(block.Word, word) : BlocksIn(mark.Offset);

            // How loud it is nearby decides what is a pause: so what comes after it is waited for.
            return _target is { } target && _blocks.Count > target + SpeechPauses.MaxBack ? Begin(target) : [];
        }

        // The voice told of no word so late in the text: the mark is after the last that it told of, and not after so much sound.
        return [.. Begin(_target ?? Math.Min(_lastWord, BlocksIn(mark.Offset))), block];
    }

    /// <summary>The block of the mark, once its word, or one after it, has begun.</summary>
    private int? FindByWord(TextRange begun, int word)
    {
        if (begun.Length == 0)
        {
            return null;
        }

        var at = _blocks.Count - 1;
        if (begun.Offset < word)
        {
            _lastWord = at;
            return null;
        }

        // A word that this voice does not tell of is somewhere after the one before it.
        return begun.Offset == word ? Math.Max(0, at + BlocksIn(mark.SinceWord)) : _lastWord;
    }

    private IEnumerable<SpeechBlock> Begin(int target)
    {
        IsFound = true;
        var from = _blocks.Count == 0 ? 0 : StartOfWord(Math.Clamp(target, 0, _blocks.Count - 1));
        for (var i = 0; i < from; i++)
        {
            SamplePool.Return(_blocks[i].Pcm);
        }

        var repeated = Math.Max(0, Math.Min(target, _blocks.Count) - from);
        found(Math.Max(0, BlocksIn(mark.Offset) - repeated), repeated);
        return [.. _start is { } start ? [start] : Array.Empty<SpeechBlock>(), .. _blocks.Skip(from)];
    }

    private int StartOfWord(int target)
    {
        var first = Math.Max(0, target - SpeechPauses.MaxBack);
        Span<float> levels = stackalloc float[target - first + 1];
        var loudest = 0f;
        for (var i = first; i < _blocks.Count && i <= target + SpeechPauses.MaxBack; i++)
        {
            var level = SpeechPauses.LevelOf(_blocks[i].Pcm);
            loudest = MathF.Max(loudest, level);
            if (i <= target)
            {
                levels[i - first] = level;
            }
        }

        // What was made begins with a sentence.
        return first + SpeechPauses.FindStart(levels, loudest, isWhole: first == 0);
    }

    private static int BlocksIn(TimeSpan span) =>
        (int)Math.Clamp(span / SoundFormat.FrameDuration, int.MinValue / 4, int.MaxValue / 4);
}
