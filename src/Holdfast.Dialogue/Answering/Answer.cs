using System.Text;
using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// The answer of one turn on its way from the model to the listener: what is written, what was handed on to be said, and what of that was
/// heard.
/// </summary>
/// <remarks>Not thread-safe: a conversation calls it under its own lock.</remarks>
internal sealed class Answer
{
    private readonly Queue<Piece> _ready = new();
    private readonly List<Part> _parts = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _uncut = new();
    private readonly TimeProvider _time;
    private readonly long _beganAt;
    private TaskCompletionSource? _room;
    private TimeSpan _ageBefore;
    private bool _isGivenUp;
    private bool _isFillerHeard;
    private bool _isHeard;

    /// <param name="turn">Its number.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="model">Who is asked.</param>
    /// <param name="language">What is known of the language that it is given in (<see cref="LanguageTag"/>).</param>
    /// <param name="time">The clock.</param>
    /// <param name="span">What a tracer sees of it.</param>
    public Answer(long turn, Question question, string model, string? language, TimeProvider time, TurnSpan? span = null)
    {
        (Turn, Question, Model, Span) = (turn, question, model, span ?? TurnSpan.None);
        (_time, _beganAt, AskedAt) = (time, time.GetTimestamp(), time.GetUtcNow());
        Language = language;
    }

    public long Turn { get; }

    public Question Question { get; }

    public string Model { get; }

    /// <summary>When it was asked, by the wall clock, as the journal has it.</summary>
    public DateTimeOffset AskedAt { get; private set; }

    /// <summary>How long ago it was asked, also in a process before.</summary>
    public TimeSpan Age => AgeAt(_time.GetTimestamp());

    /// <summary>What a tracer sees of the turn.</summary>
    public TurnSpan Span { get; }

    /// <summary>How long after the question it was given up; null where it was not.</summary>
    public TimeSpan? GivenUpAfter { get; set; }

    /// <summary>Cancels the model, its tools and all that waits for them.</summary>
    public CancellationTokenSource Cancellation { get; } = new();

    /// <summary>Whether the model is done; nothing is added any more.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>Whether its question is in the history, as the last line.</summary>
    public bool IsNoted { get; set; }

    /// <summary>Whether what the avatar says on its own account is in Chinese.</summary>
    public bool IsChinese => LanguageTag.IsChinese(Language);

    /// <summary>Whether the companion gives it, which speaks Chinese and English only.</summary>
    public bool IsOffline { get; init; }

    /// <summary>In which language it is given, as far as is known.</summary>
    public string? Language { get; set; }

    /// <summary>Whether the turn's state machine was told so.</summary>
    public bool IsToldWritten { get; set; }

    /// <summary>Whether anything was handed on to be said, fillers left out.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether there is anything in it for the listener.</summary>
    public bool HasWords => HasBegun || _ready.Any(static piece => !piece.IsFiller && !string.IsNullOrWhiteSpace(piece.Text));

    /// <summary>What was told to the person in place of an answer, where the model failed.</summary>
    public bool HasFailed { get; set; }

    /// <summary>How many pieces are with the voice now.</summary>
    public int Outstanding { get; private set; }

    /// <summary>UTF-16 units that wait to be handed on.</summary>
    public int WaitingText { get; private set; }

    /// <summary>Completes when it is known of everything that was handed on what became of it.</summary>
    public Task Settled => _settled.Task;

    public bool IsGivenUp => _isGivenUp;

    /// <summary>What was received and not added yet as a piece: the beginning of a sentence, and what waits for room.</summary>
    public string Uncut => _uncut.ToString();

    /// <summary>How old it was at a timestamp of the clock.</summary>
    public TimeSpan AgeAt(long timestamp) => _ageBefore + _time.GetElapsedTime(_beganAt, timestamp);

    /// <summary>The model wrote this. Its pieces, one behind the other, are all that it wrote.</summary>
    public void Receive(string text)
    {
        if (!IsWritten && !_isGivenUp)
        {
            _uncut.Append(text);
        }
    }

    /// <summary>What was received and is no piece by now never will be one.</summary>
    public void DropUncut() => _uncut.Clear();

    /// <summary>A piece of it is whole.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="isFiller">Whether it is said while the answer is not there yet.</param>
    /// <param name="isOwn">Whether it is the product that says it, and not the model: then it is in Chinese or English, whatever the answer is in.</param>
    /// <param name="isShown">Whether it is only shown, though there are words in it.</param>
    public void Add(string text, bool isFiller = false, bool isOwn = false, bool isShown = false)
    {
        if (IsWritten || _isGivenUp)
        {
            return;
        }

        if (!isFiller && !isOwn)
        {
            _uncut.Remove(0, Math.Min(text.Length, _uncut.Length));
        }

        _ready.Enqueue(new Piece(text, isFiller, isOwn || IsOffline ? Sentences.Language(IsChinese) : Language) { IsShown = isShown });
        if (!isFiller)
        {
            Question.Reader?.OnPiece(text);
        }

        WaitingText += text.Length;
    }

    /// <summary>What was written so far was no answer: the model had only been thinking.</summary>
    public void Retract()
    {
        Question.Reader?.OnRetracted();
        _ready.Clear();
        _uncut.Clear();
        WaitingText = 0;
        foreach (var part in _parts)
        {
            part.IsFiller = true;
        }
    }

    public void Close()
    {
        IsWritten = true;
        Question.Reader?.OnEnd();
        SettleIfDone();
    }

    /// <summary>The next piece, which stays until <see cref="HandedOn"/>.</summary>
    public bool TryPeek(out Piece piece) => _ready.TryPeek(out piece);

    /// <summary>The next piece went to the voice under a name, or, with null, is only shown.</summary>
    public void HandedOn(string? utteranceId)
    {
        var piece = _ready.Dequeue();
        WaitingText -= piece.Text.Length;
        _parts.Add(new Part(piece.Text, utteranceId) { IsFiller = piece.IsFiller, Heard = utteranceId is null ? piece.Text.Length : 0, IsOver = utteranceId is null });
        Outstanding += utteranceId is null ? 0 : 1;
        HasBegun |= !piece.IsFiller && !string.IsNullOrWhiteSpace(piece.Text);
        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>The first sound of a piece is sent.</summary>
    /// <param name="utteranceId">The piece's name.</param>
    /// <returns>Whether it is the first of a filler, or of the answer itself; null where it is neither.</returns>
    public bool? IsFirstSound(string utteranceId)
    {
        if (_parts.Find(part => string.Equals(part.UtteranceId, utteranceId, StringComparison.Ordinal)) is not { } begun)
        {
            return null;
        }

        ref var isTold = ref begun.IsFiller ? ref _isFillerHeard : ref _isHeard;
        (var wasTold, isTold) = (isTold, true);
        return wasTold ? null : begun.IsFiller;
    }

    /// <summary>What became of a piece.</summary>
    /// <param name="utteranceId">Its name.</param>
    /// <param name="heard">How much of its text was heard, in UTF-16 units.</param>
    /// <returns>False where it is none of this answer's.</returns>
    public bool TryEnd(string utteranceId, int heard)
    {
        foreach (var part in _parts)
        {
            if (!part.IsOver && string.Equals(part.UtteranceId, utteranceId, StringComparison.Ordinal))
            {
                part.IsOver = true;
                part.Heard = Math.Clamp(heard, 0, part.Text.Length);
                Outstanding--;
                SettleIfDone();
                return true;
            }
        }

        return false;
    }

    /// <summary>Nothing more of it will be said.</summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        _ready.Clear();
        _uncut.Clear();
        WaitingText = 0;
        IsWritten = true;
        Question.Reader?.OnEnd();
        _room?.TrySetResult();
        Cancellation.Cancel();
        SettleIfDone();
    }

    /// <summary>Completes when there is room for more text.</summary>
    public Task WhenRoomAsync(int maxText)
    {
        if (WaitingText < maxText || _isGivenUp)
        {
            return Task.CompletedTask;
        }

        _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _room.Task;
    }

    /// <summary>What was heard of it, and whether there was more.</summary>
    public (string Text, bool IsBrokenOff) WhatWasHeard()
    {
        var heard = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.IsFiller)
            {
                continue;
            }

            heard.Append(part.Text, 0, part.Heard);
            if (part.Heard < part.Text.TrimEnd().Length)
            {
                return (heard.ToString().Trim(), true);
            }
        }

        return (heard.ToString().Trim(), _isGivenUp);
    }

    /// <summary>All of it that another process needs to go on.</summary>
    public OpenAnswer Capture() => new(
        Question,
        [.. _parts.Where(static part => !part.IsFiller).Select(static part => new OpenPart(part.Text, part.UtteranceId, part.Heard, part.IsOver))],
        [.. _ready.Where(static piece => !piece.IsFiller).Select(static piece => piece.Text)],
        Span.Trace)
    {
        Uncut = Uncut,
        IsWritten = IsWritten,
        AskedAt = AskedAt,
        IsSoundTold = _isHeard,
    };

    /// <summary>Takes up what another process had handed on, written and received.</summary>
    public void Restore(OpenAnswer open)
    {
        foreach (var part in open.Parts)
        {
            _parts.Add(new Part(part.Text, part.UtteranceId) { Heard = part.Heard, IsOver = part.IsOver });
            Outstanding += part.IsOver ? 0 : 1;
            HasBegun = true;
        }

        // A filler is not kept. Where an older server does not tell when it was asked, how long ago that was is not told either.
        (_isFillerHeard, _isHeard) = (true, open.IsSoundTold || open.AskedAt is null);
        if (open.AskedAt is { } asked)
        {
            _ageBefore = AskedAt > asked ? AskedAt - asked : TimeSpan.Zero;
            AskedAt = asked;
        }

        foreach (var text in open.Unsaid)
        {
            Add(text);
        }

        var sentences = new SentenceStream();
        foreach (var piece in sentences.Push(open.Uncut).Concat(sentences.End()))
        {
            Add(piece.Text, isShown: piece.Kind == PieceKind.MoreCode);
        }
    }

    private void SettleIfDone()
    {
        if (IsWritten && Outstanding == 0 && _ready.Count == 0)
        {
            _settled.TrySetResult();
        }
    }

    /// <summary>A piece that waits to be handed on.</summary>
    /// <param name="Text">As it was written.</param>
    /// <param name="IsFiller">Whether it is said while the answer is not there yet.</param>
    /// <param name="Language">In which language it is, as far as is known.</param>
    internal readonly record struct Piece(string Text, bool IsFiller, string? Language)
    {
        /// <summary>Whether it is only shown.</summary>
        public bool IsShown { get; init; }
    }

    private sealed class Part(string text, string? utteranceId)
    {
        public string Text { get; } = text;

        public string? UtteranceId { get; } = utteranceId;

        public bool IsFiller { get; set; }

        public int Heard { get; set; }

        public bool IsOver { get; set; }
    }
}

