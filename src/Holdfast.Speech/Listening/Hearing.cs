using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>What all sessions share to hear people: the recogniser, the voice activity model, and the threads. Made when the first of them listens.</summary>
internal sealed class Hearing : IDisposable
{
    private readonly Lazy<SileroModel> _model = new(static () => new SileroModel());
    private readonly Lazy<ListeningThreads> _threads = new(static () => new ListeningThreads(Math.Max(1, Environment.ProcessorCount / 2)));
    private readonly Lock _gate = new();
    private readonly CountdownEvent _atWork = new(1);
    private bool _isOver;

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

    /// <summary>Does something that needs the model elsewhere than on the listening threads, where it would keep others waiting. The model lives until it is done.</summary>
    /// <returns>Cancelled where nothing listens any more.</returns>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return Task.FromCanceled<T>(new CancellationToken(canceled: true));
            }

            _atWork.AddCount();
        }

        return Task.Run(() =>
        {
            try
            {
                return work();
            }
            finally
            {
                _atWork.Signal();
            }
        });
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
        }

        _atWork.Signal();
        _atWork.Wait();
        _atWork.Dispose();
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
