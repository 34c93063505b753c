using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.Logging;

namespace Holdfast.Avatar;

/// <summary>Makes the sound of what a show is to say, one utterance after the other, off the pacing thread, into the show's queue.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="queue">Takes the sound.</param>
/// <param name="voice">Speaks.</param>
/// <param name="clips">Is told which utterances are actions.</param>
/// <param name="actions">The actions of the avatar of the moment.</param>
/// <param name="options">How much may wait.</param>
/// <param name="observer">Is told what becomes of utterances that are not heard.</param>
/// <param name="logger">Is told of what fails.</param>
internal sealed partial class SpeechMaker(
    SpeechQueue queue, AvatarVoice voice, PlayedClips clips, Func<ActionLibrary?> actions, AvatarOptions options, IShowObserver observer, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly UtteranceLine _line = new(options.MaxUtterances, options.MaxWaitingText);
    private CancellationTokenSource _interruption = new();
    private Task? _work;
    private bool _disposed;

    // Where an utterance that another show had begun goes on, until its beginning is told.
    private Continued? _continued;

    /// <summary>Whether there is something to be said that has not come yet.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_gate)
            {
                return _line.Count > 0;
            }
        }
    }

    /// <summary>Whether there is nothing to be said, or something to hear of it.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return _line.Count == 0 || queue.Count > 0;
            }
        }
    }

    /// <summary>Puts an utterance at the end of what is to be said.</summary>
    /// <param name="utterance">What.</param>
    /// <param name="from">Where it goes on; null: at its beginning.</param>
    public SayResult Accept(Utterance utterance, SpokenBefore? from)
    {
        ArgumentNullException.ThrowIfNull(utterance);
        if (utterance.Sound.IsEmpty && utterance.Action is null && !SpokenText.HasAny(utterance.Text))
        {
            return SayResult.NothingToSay;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(AvatarShow));
            if (!_line.TryAdd(utterance, from))
            {
                return SayResult.QueueFull;
            }

            _work ??= Task.Run(WorkAsync, CancellationToken.None);
        }

        return SayResult.Accepted;
    }

    /// <summary>False if it was interrupted in the meantime: then its end was told already.</summary>
    public bool Forget(string id)
    {
        lock (_gate)
        {
            return _line.Forget(id);
        }
    }

    /// <summary>Where an utterance goes on that another show had begun, once; null where it begins at its beginning.</summary>
    public Continued? TakeContinued(string id) =>
        Interlocked.Exchange(ref _continued, null) is { } continued && string.Equals(continued.Id, id, StringComparison.Ordinal) ? continued : null;

    /// <summary>Gives up all that is to be said, and tells so.</summary>
    /// <param name="forGood">Whether nothing is said any more after it.</param>
    /// <param name="onCleared">Takes what would have been heard next, which is its own now; under the lock, as nothing is said again before.</param>
    /// <param name="count">How many utterances there were.</param>
    /// <returns>False if it was stopped for good before.</returns>
    public bool TryStop(bool forGood, Action<short[]?> onCleared, out int count)
    {
        Utterance[] stopped;
        CancellationTokenSource interruption;
        lock (_gate)
        {
            count = 0;
            if (_disposed)
            {
                return false;
            }

            _disposed = forGood;
            stopped = _line.Clear();
            interruption = _interruption;
            _interruption = new CancellationTokenSource();
            var next = queue.Clear();
            clips.Clear();
            onCleared(next);
        }

        // Whoever waits on this token wakes up here, so never under the lock.
        interruption.Cancel();
        interruption.Dispose();
        foreach (var utterance in stopped)
        {
            observer.UtteranceEnded(utterance.Id, UtteranceEnd.Interrupted);
        }

        count = stopped.Length;
        return true;
    }

    /// <summary>Waits for the work that is being done, once it was stopped for good.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? work;
        lock (_gate)
        {
            work = _work;
        }

        if (work is not null)
        {
            await work;
        }

        _interruption.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (await SayNextAsync())
            {
                // One after the other.
            }
        }
        catch (Exception e)
        {
            // Nobody waits for this task: what it was to say would wait for ever.
            GiveUp(e);
        }
    }

    /// <returns>False when there was nothing more to say.</returns>
    private async Task<bool> SayNextAsync()
    {
        Utterance? utterance;
        SpokenBefore? from;
        CancellationToken interrupted;
        int epoch;
        lock (_gate)
        {
            if (!_line.TryNext(out utterance, out from))
            {
                _work = null;
                return false;
            }

            // Taken together under the lock that an interruption takes too: an old text never speaks in a new epoch.
            interrupted = _interruption.Token;
            epoch = queue.Epoch;
            queue.Begin(epoch, utterance.Id);
        }

        try
        {
            if (from?.Made is { } made && BeginWith(made, epoch))
            {
                return true;
            }

            var continuation = ContinuationOf(utterance.Id, from, epoch);
            var speaker = new Speaker(voice.Client, () => voice.OptionsFor(utterance), queue, epoch, utterance.Id, continuation, FellBack, _ => voice.Read(utterance));
            await (utterance.Action is { } action ? ActAsync(speaker, utterance.Id, action, interrupted)
                : utterance.Sound.IsEmpty ? speaker.SpeakAsync(utterance.Text, interrupted)
                : speaker.PlayAsync(utterance.Sound, blocks: 0, interrupted));
        }
        catch (Exception) when (interrupted.IsCancellationRequested)
        {
            // Whatever came of it, nobody waits for it any more.
        }
        catch (OperationCanceledException) when (queue.WasDropped(utterance.Id))
        {
            // Nor for this.
        }
        catch (Exception e)
        {
            LogFailure(observer.ToString(), utterance.Id, e);
            var fault = e is SpeechException speech ? speech.Fault : UtteranceFault.VoiceFailed;
            queue.Add(epoch, new SpeechBlock(SpeechBlockKind.Failure, null, default, 0, utterance.Id, fault));
        }

        return true;
    }

    /// <summary>An action is speech whose sound is there, and whose pictures are not the avatar's.</summary>
    private async Task ActAsync(Speaker speaker, string utteranceId, string action, CancellationToken interrupted)
    {
        var result = actions() is { } known ? await known.GetAsync(action).WaitAsync(interrupted) : new ActionResult(null, "This avatar has no actions.");
        var clip = result.Clip ?? throw new SpeechException(result.Fault!) { Fault = UtteranceFault.Other };
        clips.Add(utteranceId, clip);
        await speaker.PlayAsync(clip.Sound, clip.Blocks, interrupted);
    }

    /// <summary>Puts into the queue what another show had made.</summary>
    /// <returns>Whether that is all of the utterance.</returns>
    private bool BeginWith(MadeSpeech made, int epoch)
    {
        GoOn(made.UtteranceId, epoch, made.Offset, made.Unheard - made.Offset, [.. made.Blocks.Take(made.LeadIn).Select(static block => block.Pcm)]);
        queue.Add(epoch, new SpeechBlock(SpeechBlockKind.Start, null, default, 0, made.UtteranceId, null));
        foreach (var block in made.Blocks.Skip(made.LeadIn))
        {
            queue.Add(epoch, block);
        }

        if (made.Until is not null)
        {
            return false;
        }

        queue.Add(epoch, new SpeechBlock(SpeechBlockKind.End, null, default, 0, made.UtteranceId, null));
        return true;
    }

    private SpeechContinuation? ContinuationOf(string id, SpokenBefore? from, int epoch) => from switch
    {
        null => null,

        // What was heard of it before is told already.
        { Made.Until: { } until } => new SpeechContinuation(until, (offset, _) => queue.SkipTo(epoch, offset), isBegun: true),
        _ => new SpeechContinuation(from.Mark, (offset, repeated) => GoOn(id, epoch, offset, repeated)),
    };

    private void GoOn(string id, int epoch, int offset, int repeated, IReadOnlyList<short[]?>? leadIn = null)
    {
        queue.SkipTo(epoch, offset);
        Volatile.Write(ref _continued, new Continued(id, SoundFormat.FrameDuration * offset, SoundFormat.FrameDuration * repeated, leadIn ?? []));
    }

    private void FellBack(string utteranceId, VoiceFellBack told) => observer.VoiceFellBack(utteranceId, told.Voice, told.Fault);

    /// <summary>The making of speech itself failed: all that was to be said is told to have failed, and the next text begins anew.</summary>
    private void GiveUp(Exception exception)
    {
        Utterance[] failed;
        lock (_gate)
        {
            failed = _line.Clear();
            _work = null;
            SamplePool.Return(queue.Clear());
        }

        foreach (var utterance in failed)
        {
            observer.UtteranceFailed(utterance.Id, UtteranceFault.Other);
        }

        LogFault(observer.ToString(), exception);
    }

    [LoggerMessage(4001, LogLevel.Warning, "{Observer}: utterance {UtteranceId} could not be spoken.")]
    private partial void LogFailure(string? observer, string utteranceId, Exception exception);

    [LoggerMessage(4006, LogLevel.Error, "{Observer}: the making of speech failed in a way that nobody foresaw; what was to be said is given up.")]
    private partial void LogFault(string? observer, Exception exception);
}
