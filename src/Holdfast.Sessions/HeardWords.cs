namespace Holdfast.Sessions;

/// <summary>
/// Up to where in its text an utterance was heard: words with the place in the speech where they begin, held against the first place that was not
/// heard.
/// </summary>
/// <remarks>Told by the pacing thread, asked by any. Bounded: words that were heard long ago are of no use.</remarks>
internal sealed class HeardWords
{
    /// <summary>More words than are ever on their way: what is sent and unheard is 20 s at the most.</summary>
    private const int Capacity = 128;

    private readonly Lock _gate = new();
    private readonly Queue<Word> _words = new();

    /// <summary>A word begins.</summary>
    /// <param name="utteranceId">Whose.</param>
    /// <param name="offset">Where in the text.</param>
    /// <param name="place">Where in the speech.</param>
    public void Add(string utteranceId, int offset, long place)
    {
        lock (_gate)
        {
            if (_words.Count == Capacity)
            {
                _words.Dequeue();
            }

            _words.Enqueue(new Word(utteranceId, offset, place));
        }
    }

    /// <summary>How much of an utterance's text was heard: up to the last word whose beginning was heard, which is where the one before it ends.</summary>
    /// <param name="utteranceId">Whose.</param>
    /// <param name="firstUnheard">The first place that was not heard; 0 where all was.</param>
    /// <returns>In UTF-16 units; 0 where none of its words was heard to its end.</returns>
    public int HeardOf(string utteranceId, long firstUnheard)
    {
        lock (_gate)
        {
            var heard = 0;
            foreach (var word in _words)
            {
                // After going back, words are told again at the places that they had.
                if (string.Equals(word.UtteranceId, utteranceId, StringComparison.Ordinal) && (firstUnheard == 0 || word.Place < firstUnheard))
                {
                    heard = Math.Max(heard, word.Offset);
                }
            }

            return heard;
        }
    }

    private readonly record struct Word(string UtteranceId, int Offset, long Place);
}
