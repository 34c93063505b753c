namespace Holdfast.Dialogue;

/// <summary>
/// What a conversation was told of something that a person says, and what it is to be told next. Pure: how the speech stands and what the turn wants in,
/// what is to be told out, one thing after the other in the order in which they make sense.
/// </summary>
internal sealed class SpeechTold
{
    private bool _isToldBegun;
    private bool _isToldEnded;
    private bool _isToldFalseAlarm;
    private bool _isTakenForNoise;
    private string? _text;
    private long _wanted;

    /// <summary>The turn it belongs to; 0 until that is known.</summary>
    public long Turn { get; private set; }

    /// <summary>Whether the conversation takes it for over.</summary>
    public bool IsToldEnded => _isToldEnded;

    /// <summary>Whether nothing more is to be told of it, ever.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it may still be told to have been none.</summary>
    public bool MayBeFalseAlarm => Turn > 0 && !_isToldFalseAlarm;

    /// <summary>What is to be told next, as things stand; null where nothing is.</summary>
    public TurnInput? Next(in SpeechStanding speech)
    {
        if (IsOver)
        {
            return null;
        }

        if (!_isToldBegun)
        {
            _isToldBegun = true;
            return new TurnInput.VoiceBegan();
        }

        if (_isTakenForNoise)
        {
            return NextOfNoise(speech);
        }

        if (Turn == 0)
        {
            return null;
        }

        if (speech.HasWords && !string.Equals(speech.Text, _text, StringComparison.Ordinal))
        {
            _text = speech.Text;
            return new TurnInput.WordRecognised(Turn, speech.Text!);
        }

        if (speech is { HasEnded: true, IsWaiting: false } && !_isToldEnded)
        {
            _isToldEnded = true;
            return new TurnInput.VoiceEnded();
        }

        if (_wanted > 0 && speech.IsRecognised)
        {
            IsOver = true;
            return new TurnInput.Recognised(_wanted, speech.Text ?? string.Empty);
        }

        return null;
    }

    /// <summary>What the turn wants of it.</summary>
    public void On(TurnEffect effect)
    {
        switch (effect)
        {
            case TurnEffect.Listen listen:
                Turn = listen.Turn;
                break;
            case TurnEffect.Recognise recognise:
                _wanted = recognise.Turn;
                break;
            case TurnEffect.TakeForNoise:
                (_isTakenForNoise, _isToldEnded, _wanted) = (true, false, 0);
                break;
        }
    }

    /// <summary>They only took a breath: where the conversation takes it for over, it begins once more.</summary>
    public void GoOn()
    {
        if (_isToldEnded)
        {
            (_isToldBegun, _isToldEnded, _wanted) = (false, false, 0);
        }
    }

    /// <summary>Too long no word came of it.</summary>
    public TurnInput.FalseAlarm TellFalseAlarm()
    {
        _isToldFalseAlarm = true;
        return new TurnInput.FalseAlarm(Turn);
    }

    /// <summary>Where a word comes of what was taken for a false alarm, it begins once more; where none does, nothing is told.</summary>
    private TurnInput.VoiceBegan? NextOfNoise(in SpeechStanding speech)
    {
        if (!speech.HasWords)
        {
            IsOver = speech is { HasEnded: true, IsRecognised: true };
            return null;
        }

        (_isTakenForNoise, _isToldFalseAlarm, Turn) = (false, false, 0);
        return new TurnInput.VoiceBegan();
    }
}

/// <summary>How something that a person says stands.</summary>
/// <param name="Text">The words so far; null before any were recognised.</param>
/// <param name="IsRecognised">Whether these are the words of all that was said.</param>
/// <param name="HasEnded">Whether the silence after it ended it.</param>
/// <param name="IsWaiting">Whether some of it did not arrive and may still come.</param>
internal readonly record struct SpeechStanding(string? Text, bool IsRecognised, bool HasEnded, bool IsWaiting)
{
    public bool HasWords => !string.IsNullOrEmpty(Text);
}
