namespace Holdfast.Dialogue;

/// <summary>
/// The answer that is being given, and those that were broken off and of which it is not known yet what was heard: hands their pieces to the
/// mouth, and notes what came of them.
/// </summary>
/// <remarks>Not thread-safe: a conversation calls it in its own order.</remarks>
/// <param name="mouth">Speaks.</param>
/// <param name="isOver">Whether the conversation is.</param>
/// <param name="onTurn">Takes what happens to the turn.</param>
/// <param name="onShown">Takes a piece that is shown and cannot be said.</param>
/// <param name="onFinished">Takes an answer of which all is known.</param>
internal sealed class AnswersUnderWay(IMouth mouth, Func<bool> isOver, Action<TurnInput> onTurn, Action<Answer, string> onShown, Action<Answer> onFinished)
{
    /// <summary>The voice gets so many sentences ahead of the listener: what is behind them can still be given up without a word.</summary>
    private const int PiecesAhead = 3;

    /// <summary>Answers broken off in a row of which it is waited to learn what was heard.</summary>
    private const int EndingKept = 4;

    private readonly List<Answer> _ending = [];
    private long _received;

    /// <summary>The answer that is being given; null between two.</summary>
    public Answer? Current { get; private set; }

    /// <summary>Changes with all that is received or written of an answer. Any thread may ask.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Completes when it is known what was heard of the answer that was broken off last.</summary>
    public Task Settled => _ending.Count > 0 ? _ending[^1].Settled : Task.CompletedTask;

    /// <summary>This one is given from now on.</summary>
    public void Begin(Answer answer) => Current = answer;

    /// <summary>The model wrote this.</summary>
    public void Receive(Answer answer, string text)
    {
        answer.Receive(text);
        Volatile.Write(ref _received, _received + 1);
    }

    /// <summary>The first sound of an utterance, of an answer or not, is sent.</summary>
    public void OnUtteranceStarted(string utteranceId, Action<Answer, bool> onFirstSound)
    {
        foreach (var answer in Known())
        {
            if (answer.IsFirstSound(utteranceId) is { } isFiller)
            {
                onFirstSound(answer, isFiller);
                return;
            }
        }
    }

    /// <summary>What became of an utterance, of an answer or not.</summary>
    public void OnUtteranceEnded(string utteranceId, int? heard)
    {
        var upTo = heard ?? int.MaxValue;
        if (Current is { } answer && answer.TryEnd(utteranceId, upTo))
        {
            onTurn(new TurnInput.PieceEnded(answer.Turn));
        }
        else if (_ending.Find(ending => ending.TryEnd(utteranceId, upTo)) is { } broken && broken.Settled.IsCompleted)
        {
            Finish(broken);
        }

        Pump();
    }

    /// <summary>Hands on what is written, as far as the voice is to run ahead of the listener.</summary>
    public void Pump()
    {
        while (Current is { IsGivenUp: false } answer && answer.Outstanding < PiecesAhead && answer.TryPeek(out var piece) && !isOver())
        {
            switch (piece.IsShown ? new SpeakResult.NothingToSay() : mouth.Speak(answer.Turn, piece.Text, piece.Language, answer.Span.Context))
            {
                case SpeakResult.Accepted(var id):
                    answer.HandedOn(id);
                    answer.Span.Says();
                    onTurn(new TurnInput.PieceHandedOn(answer.Turn));
                    break;
                case SpeakResult.NothingToSay:
                    answer.HandedOn(utteranceId: null);
                    if (!string.IsNullOrWhiteSpace(piece.Text))
                    {
                        onShown(answer, piece.Text);
                    }

                    break;
                case SpeakResult.NotNow:
                    return;
                case SpeakResult.Gone:
                    answer.GiveUp();
                    return;
            }
        }

        if (Current is { IsWritten: true, IsToldWritten: false } written && !written.TryPeek(out _))
        {
            written.IsToldWritten = true;
            Volatile.Write(ref _received, _received + 1);
            onTurn(new TurnInput.AnswerWritten(written.Turn));
        }
    }

    /// <summary>The answer was heard to its end.</summary>
    public void EndCurrent()
    {
        if (Current is { } answer)
        {
            Current = null;
            Finish(answer);
        }
    }

    /// <summary>The answer is not wanted any more.</summary>
    public void GiveUp()
    {
        if (Current is not { } answer)
        {
            return;
        }

        Current = null;
        var isSpoken = answer.Outstanding > 0;
        answer.GivenUpAfter = answer.Age;
        answer.GiveUp();
        if (answer.Settled.IsCompleted)
        {
            Finish(answer);
            return;
        }

        if (_ending.Count >= EndingKept)
        {
            Finish(_ending[0]);
        }

        _ending.Add(answer);
        if (isSpoken)
        {
            mouth.Stop();
        }
    }

    /// <summary>What is not known by now is not waited for any longer.</summary>
    public void FinishAll()
    {
        foreach (var ending in _ending.ToArray())
        {
            Finish(ending);
        }
    }

    /// <summary>Those of which not all is known: the one that is given, and those that were broken off.</summary>
    public IEnumerable<Answer> Known() => Current is { } current ? [.. _ending, current] : _ending;

    private void Finish(Answer answer)
    {
        _ending.Remove(answer);
        onFinished(answer);
    }
}
