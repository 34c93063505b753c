using Holdfast.Media;

namespace Holdfast.Sessions.Tests.Kit;

/// <summary>A show that sounds for a second for each character it is to say, and counts what it is asked for.</summary>
internal sealed class ToneShow : IAttentiveShow
{
    private const int TicksPerCharacter = 50;

    private readonly Queue<Utterance> _waiting = new();
    private readonly IShowObserver _observer;
    private Utterance? _saying;
    private int _ticksLeft;
    private long _sample;

    private readonly Task _disposal;

    /// <param name="observer">Is told what is said.</param>
    /// <param name="disposal">Until when letting go of it takes.</param>
    public ToneShow(IShowObserver observer, Task disposal) => (_observer, _disposal) = (observer, disposal);

    /// <summary>Pictures that were drawn.</summary>
    public int Drawn { get; private set; }

    /// <summary>Is called at each tick.</summary>
    public Action Ticked { get; set; } = () => { };

    /// <summary>Is called before each picture.</summary>
    public Action Drawing { get; set; } = () => { };

    /// <summary>Is called with each text that is to be said, and at each interruption.</summary>
    public Action Asked { get; set; } = () => { };

    /// <summary>What the conversation is at.</summary>
    public Attention Attention { get; private set; }

    public void Attend(Attention attention) => Attention = attention;

    public VideoFormat VideoFormat => new(64, 64, 25);

    public EncodedLoop? IdleLoop => null;

    public bool IsIdle => false;

    public bool Listens => true;

    public bool IsDisposed { get; private set; }

    /// <summary>20 ms steps that were asked for.</summary>
    public int Ticks { get; private set; }

    /// <summary>Samples of the person's microphone.</summary>
    public int Heard { get; private set; }

    public bool ReadAudio(Span<short> pcm)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Ticks++;
        Ticked();
        if (_saying is null && _waiting.TryDequeue(out _saying))
        {
            _ticksLeft = _saying.Text.Length * TicksPerCharacter;
            _observer.UtteranceStarted(_saying.Id);
        }

        if (_saying is null)
        {
            return false;
        }

        if (_ticksLeft % TicksPerCharacter == 0)
        {
            _observer.WordReached(_saying.Id, _saying.Text.Length - (_ticksLeft / TicksPerCharacter), 1);
        }

        for (var i = 0; i < pcm.Length; i++)
        {
            pcm[i] = (short)(8_000 * Math.Sin(2 * Math.PI * 440 * _sample++ / 48_000));
        }

        if (--_ticksLeft == 0)
        {
            _observer.UtteranceEnded(_saying.Id, UtteranceEnd.Finished);
            _saying = null;
        }

        return true;
    }

    public void Draw(long frameIndex, I420Picture picture)
    {
        Drawing();
        Drawn++;
        picture.Data.Fill((byte)(frameIndex * 7));
    }

    public SayResult Say(Utterance utterance)
    {
        Asked();
        _waiting.Enqueue(utterance);
        return SayResult.Accepted;
    }

    public int Interrupt()
    {
        Asked();
        var stopped = _waiting.Count + (_saying is null ? 0 : 1);
        foreach (var utterance in _waiting.Prepend(_saying).OfType<Utterance>())
        {
            _observer.UtteranceEnded(utterance.Id, UtteranceEnd.Interrupted);
        }

        (_saying, _ticksLeft) = (null, 0);
        _waiting.Clear();
        return stopped;
    }

    public void Hear(ReadOnlySpan<short> pcm) => Heard += pcm.Length;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return new ValueTask(_disposal);
    }
}

/// <summary>Makes tone shows and remembers them.</summary>
internal sealed class ToneShows : IShowFactory
{
    private TaskCompletionSource? _disposal;

    public List<ToneShow> Made { get; } = [];

    /// <summary>Whether making one fails.</summary>
    public bool Fails { get; set; }

    /// <summary>From now on, letting go of a show takes until this is set; at the latest the house's end sets it.</summary>
    public TaskCompletionSource HoldDisposals() => _disposal = new TaskCompletionSource();

    /// <summary>Lets all shows be let go of.</summary>
    public void ReleaseDisposals() => _disposal?.TrySetResult();

    public IReadOnlyList<ShowDescription> Shows { get; } =
        [new("tone", new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Tone" })];

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IShow Create(string name, IShowObserver observer)
    {
        if (Fails)
        {
            throw new InvalidOperationException("There is no show today.");
        }

        var show = new ToneShow(observer, _disposal?.Task ?? Task.CompletedTask);
        Made.Add(show);
        return show;
    }

    public ReadOnlyMemory<byte> Preview(string name) => default;
}
