namespace Holdfast.Speech;

/// <summary>
/// The threads that decode and listen, for all sessions together: a few, so that however many people speak, the rest of the machine has the rest.
/// Ears wait in one line.
/// </summary>
internal sealed class ListeningThreads : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Ear> _waiting = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread[] _threads;
    private volatile bool _isOver;

    /// <param name="count">How many; they start when the first ear has something to do.</param>
    public ListeningThreads(int count)
    {
        _threads = new Thread[count];
    }

    /// <summary>An ear has something to do.</summary>
    public void Enqueue(Ear ear)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _waiting.Enqueue(ear);
            for (var i = 0; i < _threads.Length && _threads[i] is null; i++)
            {
                _threads[i] = new Thread(Run) { IsBackground = true, Name = "Listening " + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) };
                _threads[i].Start();
            }
        }

        _work.Release();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _work.Release(_threads.Length);
        foreach (var thread in _threads)
        {
            thread?.Join();
        }

        _work.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            Ear ear;
            lock (_gate)
            {
                if (_isOver)
                {
                    return;
                }

                ear = _waiting.Dequeue();
            }

            ear.Work();
        }
    }
}
