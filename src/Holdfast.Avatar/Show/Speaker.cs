using Holdfast.Media;
using Microsoft.Extensions.AI;

namespace Holdfast.Avatar;

/// <summary>
/// Makes the speech of one utterance: text to sentences, sentences to sound, sound to blocks with a mouth for each, into a queue
/// that lets it run only so far ahead.
/// </summary>
internal sealed class Speaker
{
    private const int SentencePauseBlocks = 10;

    private readonly ITextToSpeechClient _voice;
    private readonly TextToSpeechOptions _options;
    private readonly SpeechQueue _queue;
    private readonly int _epoch;
    private readonly string _id;
    private readonly LipSync _lips = new(SoundFormat.SampleRate);
    private readonly SpeechDecoder _decoder;
    private readonly Queue<Piece> _arrived = new();
    private readonly Queue<Piece> _beforeLips = new();

    // Words that begin in sound that has not come yet, by the sample they begin at.
    private readonly Queue<(long Sample, TextRange Range)> _words = new();
    private short[]? _partial;
    private int _filled;
    private long _collected;
    private readonly SpeechContinuation? _continuation;
    private bool _started;

    /// <param name="continuation">Where it goes on, if its beginning was heard.</param>
    public Speaker(
        ITextToSpeechClient voice, TextToSpeechOptions options, SpeechQueue queue, int epoch, string utteranceId, SpeechContinuation? continuation = null)
    {
        _continuation = continuation;
        _voice = voice;
        _options = options;
        _queue = queue;
        _epoch = epoch;
        _id = utteranceId;
        _decoder = new SpeechDecoder(Collect);
    }

    /// <summary>Speaks the text into the queue, with marks at its beginning and end.</summary>
    /// <exception cref="SpeechException">It cannot be spoken.</exception>
    public async Task SpeakAsync(string text, CancellationToken cancellationToken)
    {
        var offset = 0;
        foreach (var sentence in SentenceSplitter.Split(text))
        {
            // The splitter only cuts and trims, so each sentence is found where the last one ended.
            offset = text.IndexOf(sentence, offset, StringComparison.Ordinal);
            if (_continuation?.NeedsNothingBefore(offset + sentence.Length) == true)
            {
                offset += sentence.Length;
                continue;
            }

            await _queue.WaitForRoomAsync(cancellationToken);
            if (_started)
            {
                await PauseAsync(SentencePauseBlocks, cancellationToken);
            }

            await foreach (var update in _voice.GetStreamingAudioAsync(sentence, _options, cancellationToken))
            {
                foreach (var content in update.Contents)
                {
                    switch (content)
                    {
                        case SpokenWords spoken:
                            Expect(spoken, offset);
                            break;
                        case DataContent data:
                            _decoder.Push(data);
                            break;
                        case ErrorContent error:
                            throw new SpeechException(error.Message);
                        default:
                            break;
                    }

                    await HandOnAsync(cancellationToken);
                }
            }

            _decoder.Flush();
            CompletePartial();
            await HandOnAsync(cancellationToken);
            _words.Clear();
            offset += sentence.Length;
        }

        if (!_started)
        {
            throw new SpeechException("The voice gave no sound for this text.");
        }

        // The last shapes come only after some silence.
        await PauseAsync(LipSync.Delay, cancellationToken, heard: false);
        HandOut(Mark(SpeechBlockKind.End));
    }

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
                _arrived.Enqueue(new Piece(_partial, WordBefore(_collected)));
                _partial = null;
                _filled = 0;
            }
        }
    }

    /// <summary>The sound that comes next has these words in it.</summary>
    private void Expect(SpokenWords spoken, int sentenceOffset)
    {
        foreach (var word in spoken.Words)
        {
            var sample = _collected + (long)(word.Start.TotalSeconds * SoundFormat.SampleRate);
            _words.Enqueue((sample, word.Range with { Offset = word.Range.Offset + sentenceOffset }));
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
            _arrived.Enqueue(new Piece(_partial, WordBefore(long.MaxValue)));
            _collected += _partial.Length - _filled;
        }
        else
        {
            SamplePool.Return(_partial);
        }

        _partial = null;
        _filled = 0;
    }

    private async ValueTask HandOnAsync(CancellationToken cancellationToken)
    {
        while (_arrived.TryDequeue(out var piece))
        {
            if (!_started)
            {
                _started = true;
                HandOut(Mark(SpeechBlockKind.Start));
            }

            await PassAsync(piece, heard: true, cancellationToken);
        }
    }

    private async ValueTask PauseAsync(int blocks, CancellationToken cancellationToken, bool heard = true)
    {
        for (var i = 0; i < blocks; i++)
        {
            await PassAsync(default, heard, cancellationToken);
        }
    }

    /// <summary>One block into the lip reader, and the one whose mouth is now known into the queue.</summary>
    private async ValueTask PassAsync(Piece piece, bool heard, CancellationToken cancellationToken)
    {
        if (heard)
        {
            _beforeLips.Enqueue(piece);
        }

        if (_lips.Push(piece.Pcm, out var mouth, out var loudness) && _beforeLips.TryDequeue(out var ready))
        {
            await _queue.WaitForRoomAsync(cancellationToken);
            HandOut(new SpeechBlock(SpeechBlockKind.Sound, ready.Pcm, mouth, loudness, _id, null, ready.Word));
        }
    }

    /// <summary>20 ms on their way to the lips.</summary>
    /// <param name="Pcm">960 samples, or null for a pause.</param>
    /// <param name="Word">The word that begins in it, or nothing.</param>
    private readonly record struct Piece(short[]? Pcm, TextRange Word);
}
