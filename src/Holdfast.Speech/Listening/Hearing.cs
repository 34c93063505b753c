using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>What all sessions share to hear people: the recogniser, the voice activity model, and the threads. Made when the first of them listens.</summary>
internal sealed class Hearing : IDisposable
{
    private readonly Lazy<SileroModel> _model = new(static () => new SileroModel());
    private readonly Lazy<ListeningThreads> _threads = new(static () => new ListeningThreads(Math.Max(1, Environment.ProcessorCount / 2)));

    public Hearing(HouseRecogniser recogniser, IOptions<ListeningOptions> options, IEndOfTurn endOfTurn, TimeProvider time)
    {
        (Options, EndOfTurn, Time) = (options.Value, endOfTurn, time);
        Recogniser = recogniser.Create() is { } client ? new Recogniser(client, Options, time) : null;
    }

    /// <summary>Null where nothing recognises: then nothing listens.</summary>
    public Recogniser? Recogniser { get; }

    public ListeningOptions Options { get; }

    public IEndOfTurn EndOfTurn { get; }

    public TimeProvider Time { get; }

    public SileroModel Model => _model.Value;

    public ListeningThreads Threads => _threads.Value;

    public void Dispose()
    {
        if (_threads.IsValueCreated)
        {
            _threads.Value.Dispose();
        }

        if (_model.IsValueCreated)
        {
            _model.Value.Dispose();
        }

        Recogniser?.Dispose();
    }
}
