using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace Holdfast.Avatar;

/// <summary>
/// Makes the speech of one utterance: text to sentences in plain words, sentences to sound, sound to blocks with a mouth for each, into a queue
/// that lets it run only so far ahead.
/// </summary>
/// <remarks>Between two sentences it keeps no sound: all of a sentence, and the pause after it, is in the queue.</remarks>
internal sealed class Speaker
{
    private const int SentencePauseBlocks = 10;

    /// <summary>Of a recording: two seconds.</summary>
    private const int PieceSamples = 2 * SoundFormat.SampleRate;
    private const int PieceBlocks = PieceSamples / SoundFormat.SamplesPerFrame;

    private readonly ITextToSpeechClient _voice;
    private readonly Func<TextToSpeechOptions> _options;
    private Action<string, VoiceFellBack>? _fellBack;
    private readonly PhonemeLips _phonemes = new();
    private readonly SpeechQueue _queue;
    private readonly int _epoch;
    private readonly string _id;
    private readonly LipSync _lips = new(SoundFormat.SampleRate);
    private readonly Queue<Piece> _beforeLips = new();

    // Words that begin in sound that has not come yet, by the sample they begin at.
    private readonly Queue<(long Sample, TextRange Range)> _words = new();
    private short[]? _partial;
    private int _filled;
    private long _collected;
    private readonly SpeechContinuation? _continuation;
    private bool _started;
    private int _toldUntil;
    private readonly Func<string, IEnumerable<SpokenSentence>> _read;

    /// <param name="voice">Speaks.</param>
    /// <param name="options">How; is asked for each sentence.</param>
    /// <param name="queue">Where the speech goes.</param>
    /// <param name="epoch">The queue's, when the utterance was begun.</param>
    /// <param name="utteranceId">The utterance.</param>
    /// <param name="continuation">Where it goes on, if its beginning was heard.</param>
    /// <param name="fellBack">Is told, once, when another voice speaks than was asked for.</param>
    /// <param name="read">Reads the text aloud; in English, where nothing else is said.</param>
    public Speaker(
        ITextToSpeechClient voice, Func<TextToSpeechOptions> options, SpeechQueue queue, int epoch, string utteranceId, SpeechContinuation? continuation = null,
        Action<string, VoiceFellBack>? fellBack = null, Func<string, IEnumerable<SpokenSentence>>? read = null)
    {
        _read = read ?? (static text => SpokenText.Sentences(text));
        _fellBack = fellBack;
        _continuation = continuation;
        _voice = voice;
        _options = options;
        _queue = queue;
        _epoch = epoch;
        _id = utteranceId;
    }

    /// <summary>Speaks the text into the queue, with marks at its beginning and end.</summary>
    /// <exception cref="SpeechException">It cannot be spoken.</exception>
    public async Task SpeakAsync(string text, CancellationToken cancellationToken)
    {
        using var sentences = _read(text).GetEnumerator();
        for (var isMore = sentences.MoveNext(); isMore;)
        {
            var sentence = sentences.Current;
            if (_continuation?.NeedsNothingBefore(sentence.End) == true)
            {
                isMore = sentences.MoveNext();
                continue;
            }

            await _queue.WaitForSentenceAsync(_epoch, cancellationToken);
            await SpeakSentenceAsync(sentence.Said, cancellationToken);
            isMore = sentences.MoveNext();
            if (isMore && _started)
            {
                // Before it waits: so the last sound of the sentence, whose mouths need what comes after it, waits with the rest.
                Pause(SentencePauseBlocks);
            }
        }

        if (!_started)
        {
            throw new SpeechException("The voice gave no sound for this text.") { Fault = UtteranceFault.NoSound };
        }

        // The last shapes come only after some silence.
        Pause(LipSync.Delay, heard: false);
        HandOut(Mark(SpeechBlockKind.End));
    }

    /// <summary>What goes on in the middle gives the queue nothing before it has found its place.</summary>
    private void HandOut(in SpeechBlock block)
    {
        if (_continuation is not { IsFound: false } seeking)
        {
            _queue.Add(_epoch, block);
            return;
        }

        foreach (var found in seeking.Take(block))
        {
            _queue.Add(_epoch, found);
        }
    }

    /// <summary>What this needs (the sound as it came, a decoder, a resampler) is gone when the sentence is in the queue.</summary>
    private async Task SpeakSentenceAsync(MappedText sentence, CancellationToken cancellationToken)
    {
        var decoder = new SpeechDecoder(Collect);
        await foreach (var update in _voice.GetStreamingAudioAsync(sentence.Text, _options(), cancellationToken))
        {
            await _queue.WaitForRoomAsync(cancellationToken);
            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case SpokenWords spoken:
                        Expect(spoken, sentence);
                        break;
                    case SpokenPhonemes spoken:
                        _phonemes.Expect(spoken, _collected);
                        break;
                    case VoiceFellBack told:
                        _fellBack?.Invoke(_id, told);
                        _fellBack = null;
                        break;
                    case DataContent data:
                        decoder.Push(data);
                        break;
                    case ErrorContent error:
                        throw new SpeechException($"The voice said: {error.Message}");
                    default:
                        break;
                }
            }
        }

        decoder.Flush();
        CompletePartial();
        _words.Clear();
    }

    /// <summary>Plays a sound into the queue, with marks at its beginning and end; in pieces, between which it waits like between sentences.</summary>
    /// <param name="sound">48 kHz mono.</param>
    /// <param name="blocks">How many blocks it takes at least: what is missing is silent.</param>
    /// <param name="cancellationToken">Nobody waits for it any more.</param>
    public async Task PlayAsync(ReadOnlyMemory<short> sound, int blocks, CancellationToken cancellationToken)
    {
        blocks -= (sound.Length + SoundFormat.SamplesPerFrame - 1) / SoundFormat.SamplesPerFrame;
        for (; !sound.IsEmpty; sound = sound[Math.Min(sound.Length, PieceSamples)..])
        {
            await _queue.WaitForSentenceAsync(_epoch, cancellationToken);
            Collect(sound[..Math.Min(sound.Length, PieceSamples)].Span);
        }

        CompletePartial();
        for (; blocks > 0; blocks -= PieceBlocks)
        {
            await _queue.WaitForSentenceAsync(_epoch, cancellationToken);
            Begin();
            Pause(Math.Min(blocks, PieceBlocks));
        }

        Pause(LipSync.Delay, heard: false);
        HandOut(Mark(SpeechBlockKind.End));
    }

    private SpeechBlock Mark(SpeechBlockKind kind) => new(kind, null, default, 0, _id, null);

    private void Collect(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            _partial ??= SamplePool.Rent();
            var count = Math.Min(samples.Length, _partial.Length - _filled);
            samples[..count].CopyTo(_partial.AsSpan(_filled));
            samples = samples[count..];
            _filled += count;
            _collected += count;
            if (_filled == _partial.Length)
            {
                HandOn(new Piece(_partial, WordBefore(_collected), _collected - _filled));
                _partial = null;
                _filled = 0;
            }
        }
    }

    /// <summary>The sound that comes next has these words in it. Words that stand for one thing that is written ("3.14") light it up once.</summary>
    private void Expect(SpokenWords spoken, MappedText sentence)
    {
        foreach (var word in spoken.Words)
        {
            if (word.Range is not { Offset: >= 0, Length: > 0 } range || range.Offset + range.Length > sentence.Text.Length)
            {
                continue;
            }

            var (at, length) = sentence.OriginOf(range.Offset, range.Length);
            if (at >= _toldUntil)
            {
                _words.Enqueue((_collected + (long)(word.Start.TotalSeconds * SoundFormat.SampleRate), new TextRange(at, length)));
                _toldUntil = at + length;
            }
        }
    }

    /// <summary>The next word, if it begins before a sample. One to a block: a second in the same 20 ms waits for the next block.</summary>
    private TextRange WordBefore(long sample) =>
        _words.TryPeek(out var word) && word.Sample < sample ? _words.Dequeue().Range : default;

    private void CompletePartial()
    {
        if (_partial is not null && _filled > 0)
        {
            _partial.AsSpan(_filled).Clear();
            HandOn(new Piece(_partial, WordBefore(long.MaxValue), _collected - _filled));
            _collected += _partial.Length - _filled;
        }
        else
        {
            SamplePool.Return(_partial);
        }

        _partial = null;
        _filled = 0;
    }

    private void HandOn(Piece piece)
    {
        Begin();
        Pass(piece, heard: true);
    }

    private void Begin()
    {
        if (!_started)
        {
            _started = true;
            HandOut(Mark(SpeechBlockKind.Start));
        }
    }

    private void Pause(int blocks, bool heard = true)
    {
        for (var i = 0; i < blocks; i++)
        {
            Pass(default, heard);
        }
    }

    /// <summary>One block into the lip reader, and the one whose mouth is now known into the queue.</summary>
    private void Pass(Piece piece, bool heard)
    {
        var isTold = AreTold();
        if (heard)
        {
            _beforeLips.Enqueue(piece);
        }

        if (_lips.Push(piece.Pcm, isTold, out var mouth, out var loudness) && _beforeLips.TryDequeue(out var ready))
        {
            // Exact where the voice knows, read into the sound where it does not.
            if (ready.Pcm is not null && _phonemes.TryShape(ready.Sample, out var known))
            {
                mouth = known;
                _lips.Show(known);
            }

            HandOut(new SpeechBlock(SpeechBlockKind.Sound, ready.Pcm, mouth, loudness, _id, null, ready.Word));
        }
    }

    /// <summary>Whether the voice tells how each of those looks that wait for what follows them: their mouths are all that is read into it.</summary>
    private bool AreTold()
    {
        foreach (var (pcm, _, sample) in _beforeLips)
        {
            if (pcm is null || !_phonemes.Knows(sample))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>20 ms on their way to the lips.</summary>
    /// <param name="Pcm">960 samples, or null for a pause.</param>
    /// <param name="Word">The word that begins in it, or nothing.</param>
    /// <param name="Sample">Which of all samples of the utterance is its first.</param>
    private readonly record struct Piece(short[]? Pcm, TextRange Word, long Sample);
}
