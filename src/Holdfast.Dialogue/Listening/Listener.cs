using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// Listens to one session's person: when they begin and stop, what they said, and what to make of a voice that says nothing. It tells the conversation,
/// and does what the turn wants of it.
/// </summary>
/// <remarks>
/// <para>
/// All of it happens in the ear's order, on a listening thread; what comes from elsewhere is posted there.
/// </para>
/// <para>
/// At each short pause the recogniser is asked for the words so far. If nothing more is said, these were all, and the end of the turn waits for nothing; if
/// more is said, they were a partial transcript, and tell a real word from a cough.
/// </para>
/// </remarks>
internal sealed class Listener : IEars, IEarObserver, IDisposable
{
    /// <summary>What was heard before a voice was known to be one: 320 ms of it belong to it.</summary>
    private const int BeforeVoice = 10 * HearingFormat.FrameSamples;

    /// <summary>A pause at which the words so far are asked for: 200 ms.</summary>
    private const int Pause = HearingFormat.SampleRate / 5;

    /// <summary>A voice that goes on without a pause is not asked for its words again and again beyond this: 20 s.</summary>
    private const int LongestForPartials = 20 * HearingFormat.SampleRate;

    /// <summary>Whoever was told to be quiet begins anew after so many frames of silence: 300 ms.</summary>
    private const int FramesOfSilence = 10;

    /// <summary>How often it is looked at what no sound can tell: that none comes.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>While connected, a microphone that sends nothing for so long was turned off.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(1);

    /// <summary>What is on its way when a button is let go.</summary>
    private static readonly TimeSpan Release = TimeSpan.FromMilliseconds(250);

    /// <summary>A voice that begins so soon after a resume was there before it.</summary>
    private static readonly TimeSpan LongestBreath = TimeSpan.FromSeconds(1);

    private readonly Hearing _hearing;
    private readonly IListenerHost _host;
    private readonly Ear _ear;
    private readonly VoiceDetector _detector;
    private readonly RecentSound _recent = new();
    private readonly ITimer _checks;
    private readonly int _longest;
    private readonly WordsOfSpeech _words;
    private readonly ListeningGap _gap;
    private volatile ListeningMode _mode;
    private volatile bool _isTalking;
    private PersonSpeech? _speech;
    private int _quietFrames = FramesOfSilence;
    private bool _mustBeQuiet;
    private long? _releasedAt;
    private (short[] Recording, long? BeganAt)? _early;
    private long _heardAt;

    public Listener(Hearing hearing, IListenerHost host)
    {
        (_hearing, _host) = (hearing, host);
        _ear = new Ear(hearing.Threads, hearing.Model, this);
        _words = new WordsOfSpeech(hearing, _ear, host, Advance);
        _gap = new ListeningGap(hearing);
        _detector = new VoiceDetector(hearing.Options.Threshold);
        _longest = hearing.Options.MaxTurnSeconds * HearingFormat.SampleRate;
        _checks = hearing.Time.CreateTimer(_ => _ear.Post(Check), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the person is heard.</summary>
    public ListeningMode Mode => _mode;

    /// <summary>The ear; for measuring.</summary>
    internal Ear Ear => _ear;

    private long Now => _hearing.Time.GetTimestamp();

    /// <summary>Takes a packet of the microphone; from any thread, returns at once. What nobody wants to hear costs nothing.</summary>
    public void Receive(ReadOnlySpan<byte> opus, uint timestamp, int lostBefore)
    {
        if (_mode == ListeningMode.HandsFree || _isTalking)
        {
            _ear.Receive(opus, timestamp, lostBefore);
        }
    }

    /// <summary>The person says how they want to be heard, or presses or lets go a button.</summary>
    public void Set(ListeningMode mode, bool isTalking)
    {
        _mode = mode;
        if (mode == ListeningMode.PushToTalk && isTalking)
        {
            _isTalking = true;
        }

        _ear.Post(() => OnSet(mode, isTalking));
    }

    /// <summary>The connection is lost: what arrived is kept, and no silence ends a turn.</summary>
    public void OnCut() => _ear.Post(() =>
    {
        if (_gap.Open(_recent, _heardAt) && _speech is { IsToldEnded: false } speech)
        {
            speech.BeginGap(_longest, Now);
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
        if (!_gap.Close(Now))
        {
            return;
        }

        _detector.Restart();
        if (_speech is { Before: not null } speech)
        {
            (speech.GapSince, speech.HeardAt) = (Now, Now);
        }

        if (_early is var (recording, beganAt))
        {
            _early = null;
            _gap.Wants(beganAt, key: null);
            _ = JoinAsync(_speech, recording, beganAt);
        }
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
        _ear.Post(() => answer.SetResult(OnRecording(recording, beganAt, key)));
        return answer.Task;
    }

    /// <inheritdoc/>
    public void Do(TurnEffect effect) => _ear.Post(() => OnEffect(effect));

    /// <inheritdoc/>
    public void OnFrame(ReadOnlySpan<short> frame, float probability)
    {
        var begins = _detector.Begins(probability);
        _heardAt = Now;
        _recent.Add(frame);
        _gap.Append(frame);
        if (_speech is not { } speech)
        {
            if (IsQuietAgain() && begins && _mode == ListeningMode.HandsFree)
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
            speech.VoicedUpTo = _detector.IsVoiced ? speech.Sound.Length : speech.VoicedUpTo;
            Weigh(speech);
        }

        Advance();
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

    /// <summary>Whoever was told to be quiet is heard again when they were.</summary>
    private bool IsQuietAgain()
    {
        if (!_mustBeQuiet)
        {
            return true;
        }

        _quietFrames = _detector.IsVoiced ? 0 : _quietFrames + 1;
        if (_quietFrames >= FramesOfSilence)
        {
            _mustBeQuiet = false;
            _detector.Restart();
        }

        return false;
    }

    private void Begin(ReadOnlySpan<short> before)
    {
        _speech = new PersonSpeech(_longest, Now);
        _speech.Sound.Append(before);
        _speech.VoicedUpTo = _mode == ListeningMode.HandsFree ? _speech.Sound.Length : 0;
        _checks.Change(CheckEvery, CheckEvery);
        Advance();
    }

    /// <summary>Whether the person pauses, or has ended, or whether it is time to ask for their words.</summary>
    private void Weigh(PersonSpeech speech)
    {
        if (speech.Before is not null)
        {
            return;
        }

        var silence = speech.Sound.Length - speech.VoicedUpTo;
        if (silence >= Pause && speech.AskedUpTo < speech.VoicedUpTo)
        {
            _recent.Mark();
            _words.Ask(speech);
        }
        else if (_hearing.Options.PartialMilliseconds is > 0 and var every && speech.RecognisingUpTo < 0 && speech.Sound.Length < LongestForPartials
            && HearingFormat.DurationOf(speech.Sound.Length - speech.AskedAt).TotalMilliseconds >= every && speech.AskedUpTo < speech.VoicedUpTo)
        {
            _words.Ask(speech);
        }

        if (speech.Sound.IsFull || (_mode == ListeningMode.HandsFree && silence >= HearingFormat.SamplesOf(SilenceThatEnds(speech))))
        {
            End(speech);
        }
        else if (!_isTalking && !speech.HasWords && !speech.IsToldFalseAlarm && speech.Turn > 0
            && HearingFormat.DurationOf(speech.Sound.Length).TotalMilliseconds >= _hearing.Options.FalseAlarmMilliseconds)
        {
            TellFalseAlarm(speech);
        }
    }

    private TimeSpan SilenceThatEnds(PersonSpeech speech) => _hearing.EndOfTurn.SilenceAfter(new HeardSoFar(
        speech.IsRecognised ? speech.Text : null, HearingFormat.DurationOf(speech.VoicedUpTo), speech.Sound.Memory));

    private void End(PersonSpeech speech)
    {
        speech.HasEnded = true;
        _detector.Restart();
        if (!speech.IsRecognised && speech.RecognisingUpTo < speech.VoicedUpTo && speech.Before is null)
        {
            _recent.Mark();
            _words.Ask(speech);
        }
    }

    /// <summary>They only took a breath: what they say now belongs to what they said.</summary>
    private void GoOnSpeaking(PersonSpeech speech, bool begins)
    {
        if (!begins || speech.Sound.IsFull || _mode != ListeningMode.HandsFree)
        {
            return;
        }

        speech.HasEnded = false;
        speech.VoicedUpTo = speech.Sound.Length;
        if (speech.IsToldEnded)
        {
            (speech.IsToldEnded, speech.Wanted) = (false, 0);
            _host.OnVoice(new TurnInput.VoiceBegan());
        }
    }

    private void TellFalseAlarm(PersonSpeech speech)
    {
        speech.IsToldFalseAlarm = true;
        _host.OnVoice(new TurnInput.FalseAlarm(speech.Turn));
    }

    /// <summary>Tells what is to be told, in its order.</summary>
    private void Advance()
    {
        if (_speech is not { } speech)
        {
            return;
        }

        if (!speech.IsToldBegun)
        {
            speech.IsToldBegun = true;
            _host.OnVoice(new TurnInput.VoiceBegan());
        }

        if (speech.IsTakenForNoise && !TakeSerious(speech))
        {
            return;
        }

        if (speech.Turn == 0)
        {
            return;
        }

        if (speech.HasUntoldText && speech.HasWords)
        {
            speech.HasUntoldText = false;
            _host.OnVoice(new TurnInput.WordRecognised(speech.Turn, speech.Text!));
        }

        if (speech is { HasEnded: true, IsToldEnded: false, Before: null })
        {
            speech.IsToldEnded = true;
            _host.OnVoice(new TurnInput.VoiceEnded());
        }

        if (speech is { Wanted: > 0, IsRecognised: true })
        {
            Forget();
            _host.OnVoice(new TurnInput.Recognised(speech.Wanted, speech.Text ?? string.Empty) { Times = TimesOf(speech) });
        }
    }

    private SpeechTimes? TimesOf(PersonSpeech speech) => speech.Recognised.At == 0
        ? null
        : new(
            _hearing.Time.GetElapsedTime(speech.HeardAt) + HearingFormat.DurationOf(speech.Sound.Length - speech.VoicedUpTo),
            _hearing.Time.GetElapsedTime(speech.Recognised.At),
            speech.Recognised.Took);

    /// <summary>A word came of what was taken for a false alarm: it begins once more.</summary>
    private bool TakeSerious(PersonSpeech speech)
    {
        if (!speech.HasWords)
        {
            if (speech is { HasEnded: true, IsRecognised: true })
            {
                Forget();
            }

            return false;
        }

        (speech.IsTakenForNoise, speech.IsToldFalseAlarm, speech.Turn) = (false, false, 0);
        _host.OnVoice(new TurnInput.VoiceBegan());
        return true;
    }

    private void OnEffect(TurnEffect effect)
    {
        if (_speech is not { } speech)
        {
            return;
        }

        switch (effect)
        {
            case TurnEffect.Listen listen:
                speech.Turn = listen.Turn;
                break;
            case TurnEffect.Recognise recognise:
                speech.Wanted = recognise.Turn;
                break;
            case TurnEffect.TakeForNoise:
                (speech.IsTakenForNoise, speech.IsToldEnded, speech.Wanted) = (true, false, 0);
                break;
            case TurnEffect.StopListening:
                Forget();
                (_mustBeQuiet, _quietFrames) = (true, 0);
                break;
        }

        Advance();
    }

    private void OnSet(ListeningMode mode, bool isTalking)
    {
        if (mode == ListeningMode.HandsFree)
        {
            (_isTalking, _releasedAt) = (false, null);
            return;
        }

        if (isTalking)
        {
            _releasedAt = null;
            if (_speech is null)
            {
                _ear.Rest();
                _detector.Restart();
                Begin([]);
            }
        }
        else if (_isTalking)
        {
            _releasedAt = Now;
            _checks.Change(Release, CheckEvery);
        }
        else if (_speech is { HasEnded: false } speech)
        {
            End(speech);
            Advance();
        }
    }

    /// <summary>Looks at what no sound can tell.</summary>
    private void Check()
    {
        if (_releasedAt is { } released && _hearing.Time.GetElapsedTime(released) >= Release)
        {
            (_releasedAt, _isTalking) = (null, false);
            if (_speech is { HasEnded: false } said)
            {
                End(said);
            }
        }

        if (_speech is { } speech && !_gap.IsOpen)
        {
            if (speech.Before is not null && _hearing.Time.GetElapsedTime(speech.GapSince) >= ListeningGap.LongestForRecording)
            {
                CloseGap(speech, []);
            }

            if (speech is { HasEnded: false, Before: null } && !_isTalking && _hearing.Time.GetElapsedTime(speech.HeardAt) >= Stalled)
            {
                End(speech);
            }

            var falseAlarm = TimeSpan.FromMilliseconds(_hearing.Options.FalseAlarmMilliseconds);
            if (speech is { HasWords: false, IsToldFalseAlarm: false, Turn: > 0, Before: null } && !_isTalking && _hearing.Time.GetElapsedTime(speech.BeganAt) >= falseAlarm)
            {
                TellFalseAlarm(speech);
            }
        }

        Advance();
        if (_speech is null && _releasedAt is null)
        {
            _checks.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What was missing came, or will not come.</summary>
    private void CloseGap(PersonSpeech speech, ReadOnlySpan<short> missing)
    {
        speech.CloseGap(missing, _longest);
        speech.HeardAt = Now;
        if (_mode == ListeningMode.PushToTalk && !_isTalking)
        {
            End(speech);
        }
    }

    private void Forget()
    {
        _speech?.StopRecognition();
        _speech = null;
        _detector.Restart();
    }

    private bool OnRecording(short[] recording, long? beganAt, string? key)
    {
        if (!_gap.Wants(beganAt, key))
        {
            return false;
        }

        if (_gap.IsOpen)
        {
            // Its HTTP was quicker than its connection. What comes next tells where the gap ends.
            _early = (recording, beganAt);
        }
        else
        {
            _ = JoinAsync(_speech, recording, beganAt);
        }

        return true;
    }

    private async Task JoinAsync(PersonSpeech? speech, short[] recording, long? beganAt)
    {
        try
        {
            var (missing, voiced) = await _gap.FindAsync(speech?.Before, recording, beganAt).ConfigureAwait(false);
            _ear.Post(() => OnJoined(speech, missing, voiced));
        }
        catch (OperationCanceledException)
        {
            // Nothing listens any more.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _host.OnFault(exception);
        }
    }

    private void OnJoined(PersonSpeech? speech, short[] missing, int voiced)
    {
        if (_speech is { Before: not null } waiting && waiting == speech)
        {
            CloseGap(waiting, missing);
            Advance();
            return;
        }

        if (voiced > 0 && _speech is { HasEnded: false } going && _hearing.Time.GetElapsedTime(_gap.BackAt, going.BeganAt) < LongestBreath)
        {
            // They were speaking all the time.
            CloseGap(going, missing);
            Advance();
            return;
        }

        if (voiced > 0)
        {
            _ = AskAsync(missing);
        }
    }

    /// <summary>What was said wholly into the dead connection is a question of its own.</summary>
    private async Task AskAsync(short[] sound)
    {
        try
        {
            var text = await _words.OfAsync(sound).ConfigureAwait(false);
            if (text.Length > 0)
            {
                _host.OnSaidInTheGap(text);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _host.OnNotHeard(turn: 0, exception);
        }
    }
}
