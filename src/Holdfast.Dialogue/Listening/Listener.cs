using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// Listens to one session's person: when they begin and stop, what they said, and what to make of a voice that says nothing. It tells the conversation,
/// and does what the turn wants of it.
/// </summary>
/// <remarks>
/// All of it happens in the ear's order, on a listening thread; what comes from elsewhere is posted there. What it decides by is pure and elsewhere: when a
/// voice begins (<see cref="VoiceGate"/>), pauses and ends (<see cref="SpeechRules"/>), what the conversation is told of it (<see cref="SpeechTold"/>), and
/// where what did not arrive belongs (<see cref="SoundJoin"/>).
/// </remarks>
internal sealed class Listener : IEars, IEarObserver, IDisposable
{
    /// <summary>What was heard before a voice was known to be one: 320 ms of it belong to it.</summary>
    private const int BeforeVoice = 10 * HearingFormat.FrameSamples;

    /// <summary>How often it is looked at what no sound can tell: that none comes.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>While connected, a microphone that sends nothing for so long was turned off: longer than it takes to notice that the path is lost.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(2);

    private readonly Hearing _hearing;
    private readonly IListenerHost _host;
    private readonly Ear _ear;
    private readonly TalkButton _button = new();
    private readonly VoiceGate _gate;
    private readonly VoiceTail _tail = new();
    private readonly RecentSound _recent = new();
    private readonly SpeechRules _rules;
    private readonly WordsOfSpeech _words;
    private readonly RecordedSpeech _recorded;
    private readonly ITimer _checks;
    private PersonSpeech? _speech;
    private long _heardAt;

    public Listener(Hearing hearing, IListenerHost host)
    {
        (_hearing, _host) = (hearing, host);
        _ear = new Ear(hearing.Threads, hearing.Model, this);
        _gate = new VoiceGate(hearing.Options.Threshold);
        _rules = new SpeechRules(hearing.Options, hearing.EndOfTurn);
        _words = new WordsOfSpeech(hearing, _ear, host, Tell);
        _recorded = new RecordedSpeech(new ListeningGap(hearing), _ear, _words, host, () => _speech, OnWhole);
        _checks = hearing.Time.CreateTimer(_ => _ear.Post(Check), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the person is heard.</summary>
    public ListeningMode Mode => _button.Mode;

    /// <summary>The ear; for measuring.</summary>
    internal Ear Ear => _ear;

    private long Now => _hearing.Time.GetTimestamp();

    /// <summary>Takes a packet of the microphone; from any thread, returns at once. What nobody wants to hear costs nothing.</summary>
    public void Receive(ReadOnlySpan<byte> opus, uint timestamp, int lostBefore)
    {
        if (_button.IsOpen)
        {
            _ear.Receive(opus, timestamp, lostBefore);
        }
    }

    /// <summary>The person says how they want to be heard, or presses or lets go a button.</summary>
    public void Set(ListeningMode mode, bool isTalking)
    {
        _button.Press(mode, isTalking);
        _ear.Post(() => OnSet(mode, isTalking));
    }

    /// <summary>The connection is lost: what arrived is kept, and no silence ends a turn.</summary>
    public void OnCut() => _ear.Post(() =>
    {
        _ear.IsCut = true;
        if (_recorded.Gap.Open(_recent, _heardAt) && _speech is { Told.IsToldEnded: false } speech)
        {
            speech.Wait(Now);
        }
    });

    /// <summary>Nobody is there: what only listening needs is given back.</summary>
    public void OnHeld() => _ear.Post(() =>
    {
        _ear.Rest();
        _recent.Clear();
    });

    /// <summary>The connection is back: whoever was speaking may have gone on, and their page may have it.</summary>
    public void OnBack() => _ear.Post(() =>
    {
        _ear.IsCut = false;
        if (!_recorded.Gap.Close(Now))
        {
            return;
        }

        _gate.Restart();
        if (_speech is { IsWaiting: true } speech)
        {
            speech.WaitFrom(Now);
        }

        _recorded.OnBack(_recent);
    });

    /// <summary>What the page recorded while the connection was lost.</summary>
    /// <param name="recording">16 kHz mono.</param>
    /// <param name="ago">How long ago it began, where that is known.</param>
    /// <param name="key">The page's name for it, where it has one.</param>
    /// <returns>Whether it is looked through; otherwise all of it arrived, or it was sent before.</returns>
    public Task<bool> TakeAsync(short[] recording, TimeSpan? ago, string? key)
    {
        var beganAt = ago is { } known ? Now - (long)(known.TotalSeconds * _hearing.Time.TimestampFrequency) : (long?)null;
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ear.Post(() => answer.SetResult(_recorded.Take(_recent, recording, beganAt, key)));
        return answer.Task;
    }

    /// <inheritdoc/>
    public void Do(TurnEffect effect) => _ear.Post(() =>
    {
        if (_speech is not { } speech)
        {
            return;
        }

        if (effect is TurnEffect.StopListening)
        {
            Forget();
            _gate.Silence();
            return;
        }

        speech.Told.On(effect);
        Tell();
    });

    /// <inheritdoc/>
    public void OnFrame(ReadOnlySpan<short> frame, float probability)
    {
        var begins = _gate.Begins(probability);
        _heardAt = Now;
        _recent.Add(frame);
        _recorded.Gap.Append(frame);
        if (_speech is not { } speech)
        {
            if (begins && _button.IsHandsFree)
            {
                Begin(_recent.Last(BeforeVoice));
            }

            return;
        }

        speech.Sound.Append(frame);
        speech.HeardAt = _heardAt;
        if (speech.HasEnded)
        {
            GoOnSpeaking(speech, begins);
        }
        else
        {
            speech.VoicedUpTo = _tail.UpTo(frame, _gate.IsVoiced, speech.VoicedUpTo, speech.Sound.Length);
            Weigh(speech);
        }

        Tell();
    }

    /// <inheritdoc/>
    public void OnMissing(int? samples)
    {
        _recorded.Gap.OnMissing(_recent, samples);
        _recent.Miss(samples);
        _speech?.Sound.Miss(samples);
    }

    /// <inheritdoc/>
    public void OnFault(Exception exception) => _host.OnFault(exception);

    public void Dispose()
    {
        _checks.Dispose();
        _ear.Post(() =>
        {
            _speech?.StopRecognition();
            _speech = null;
        });
        _ear.Dispose();
    }

    private void Begin(ReadOnlySpan<short> before)
    {
        _speech = new PersonSpeech(_rules.Longest, Now) { SinceMissing = _recorded.Gap.Since };
        _speech.Sound.Append(before);
        _speech.VoicedUpTo = _button.IsHandsFree ? _speech.Sound.Length : 0;
        _checks.Change(CheckEvery, CheckEvery);
        Tell();
    }

    /// <summary>Whether the person pauses, or has ended, or whether it is time to ask for their words.</summary>
    private void Weigh(PersonSpeech speech)
    {
        if (speech.IsWaiting)
        {
            return;
        }

        switch (_rules.WordsDueOf(speech))
        {
            case WordsDue.AtPause:
                _recent.Mark();
                _words.Ask(speech);
                break;
            case WordsDue.InBetween:
                _words.Ask(speech);
                break;
            case WordsDue.No:
                break;
        }

        if (_rules.HasEnded(speech, _button.IsHandsFree))
        {
            End(speech);
        }
        else if (!_button.IsHeld && _rules.IsFalseAlarm(speech))
        {
            _host.OnVoice(speech.Told.TellFalseAlarm());
        }
    }

    private void End(PersonSpeech speech)
    {
        speech.HasEnded = true;
        _gate.Restart();
        if (!speech.IsRecognised && speech.RecognisingUpTo < speech.VoicedUpTo && !speech.IsWaiting)
        {
            _recent.Mark();
            _words.Ask(speech);
        }
    }

    /// <summary>They only took a breath: what they say now belongs to what they said.</summary>
    private void GoOnSpeaking(PersonSpeech speech, bool begins)
    {
        if (!begins || speech.Sound.IsFull || !_button.IsHandsFree)
        {
            return;
        }

        (speech.HasEnded, speech.VoicedUpTo) = (false, speech.Sound.Length);
        speech.Told.GoOn();
    }

    /// <summary>Tells what is to be told, in its order.</summary>
    private void Tell()
    {
        while (_speech is { } speech)
        {
            var input = speech.Told.Next(speech.Standing);
            if (input is TurnInput.Recognised recognised)
            {
                input = recognised with { Times = TimesOf(speech) };
            }

            if (speech.Told.IsOver)
            {
                Forget();
            }

            if (input is null)
            {
                return;
            }

            _host.OnVoice(input);
        }
    }

    private SpeechTimes? TimesOf(PersonSpeech speech) => speech.Recognised.At == 0
        ? null
        : new(
            _hearing.Time.GetElapsedTime(speech.HeardAt) + HearingFormat.DurationOf(speech.Sound.Length - speech.VoicedUpTo),
            _hearing.Time.GetElapsedTime(speech.Recognised.At),
            speech.Recognised.Took);

    private void Forget()
    {
        _speech?.StopRecognition();
        _speech = null;
        _gate.Restart();
    }

    private void OnSet(ListeningMode mode, bool isTalking)
    {
        if (mode == ListeningMode.HandsFree)
        {
            _button.BeHandsFree();
            return;
        }

        if (isTalking)
        {
            _button.Hold();
            if (_speech is null)
            {
                _ear.Restart();
                _gate.Restart();
                Begin([]);
            }
        }
        else if (_button.IsHeld)
        {
            _button.LetGo(Now);
            _checks.Change(TalkButton.Release, CheckEvery);
        }
        else if (_speech is { HasEnded: false } speech)
        {
            End(speech);
            Tell();
        }
    }

    /// <summary>Looks at what no sound can tell.</summary>
    private void Check()
    {
        if (_button.TryRelease(_hearing.Time) && _speech is { HasEnded: false } said)
        {
            End(said);
        }

        if (_speech is { } speech && !_recorded.Gap.IsOpen)
        {
            if (speech.WaitsSince is { } since)
            {
                if (_hearing.Time.GetElapsedTime(since) >= ListeningGap.LongestForRecording)
                {
                    OnWhole(speech);
                }
            }
            else if (!speech.HasEnded && !_button.IsHeld && _hearing.Time.GetElapsedTime(speech.HeardAt) >= Stalled)
            {
                End(speech);
            }

            if (speech is { HasWords: false, IsWaiting: false, Told.MayBeFalseAlarm: true } && !_button.IsHeld
                && _hearing.Time.GetElapsedTime(speech.BeganAt) >= _rules.FalseAlarmAfter)
            {
                _host.OnVoice(speech.Told.TellFalseAlarm());
            }
        }

        Tell();
        if (_speech is null && !_button.IsBeingReleased)
        {
            _checks.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What was missing came, or will not come.</summary>
    private void OnWhole(PersonSpeech speech)
    {
        speech.StopWaiting(Now);
        if (_button is { IsHandsFree: false, IsHeld: false })
        {
            End(speech);
        }

        Tell();
    }
}
