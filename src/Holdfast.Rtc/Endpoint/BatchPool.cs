namespace Holdfast.Rtc;

/// <summary>Lends batches to those who send now and then: a batch is 100 KB, and each is in use for the length of a system call.</summary>
internal sealed class BatchPool
{
    private readonly Lock _gate = new();
    private readonly Stack<DatagramBatch> _idle = new();

    public DatagramBatch Take()
    {
        lock (_gate)
        {
            return _idle.TryPop(out var batch) ? batch : new DatagramBatch();
        }
    }

    /// <summary>An empty one is lent to others.</summary>
    public void Return(DatagramBatch batch)
    {
        lock (_gate)
        {
            _idle.Push(batch);
        }
    }
}
