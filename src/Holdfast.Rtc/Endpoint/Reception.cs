using System.Net.Sockets;

namespace Holdfast.Rtc;

/// <summary>
/// Receives for all connections: one thread empties the socket and finds out whose each datagram may be (<see cref="FirstLook"/>), a few others take it in
/// (<see cref="ReceiveWorkers"/>). So the socket is emptied whatever connections are at.
/// </summary>
/// <remarks>
/// Where datagrams are dense, it lets a millisecond pass after each batch: two threads are then woken for a handful of them, and not for each. What is told of arrivals
/// is that much later, which neither the estimate of a line nor an ear notices.
/// </remarks>
internal sealed class Reception : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(1);

    /// <summary>How long it does not notice that it is to stop, where the socket is not closed.</summary>
    private static readonly TimeSpan s_deafness = TimeSpan.FromMilliseconds(100);

    private readonly RtcEndpoint _endpoint;
    private readonly IReceivingSocket _socket;
    private readonly ArrivalRate _rate = new();
    private readonly FirstLook _look;
    private readonly DatagramPool _pool;
    private readonly ReceiveWorkers _workers;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;
    private readonly Inbox[] _news = new Inbox[IncomingBatch.Capacity];

    /// <param name="endpoint">Whom it receives for.</param>
    /// <param name="socket">Where from. Who disposes of it ends the waiting for more; <see cref="Stop"/> before.</param>
    /// <param name="refused">Is handed the system's errors.</param>
    /// <param name="faulted">Is handed what nobody foresaw.</param>
    public Reception(RtcEndpoint endpoint, IReceivingSocket socket, Action<SocketError> refused, Action<Exception> faulted)
    {
        (_endpoint, _socket) = (endpoint, socket);
        _look = new FirstLook(endpoint.Routes);
        _pool = new DatagramPool(socket.CreateAddress);
        _workers = new ReceiveWorkers(ReceiveWorkers.DefaultCount, _pool, endpoint.Outboxes, faulted);
        var longest = socket.EndsWaiting ? Timeout.InfiniteTimeSpan : s_deafness;
        var loop = new ReceiveLoop(socket, new IncomingBatch(_pool), Sort, () => _workers.IsAnyWaiting ? s_patience : longest, _stopping, refused, faulted);
        _thread = new Thread(loop.Run) { IsBackground = true, Name = "holdfast-udp", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Whether it receives.</summary>
    public bool IsAlive => _thread.IsAlive;

    /// <summary>Lets it read nothing more. A wait for more goes on, until the socket is disposed of or a tenth of a second is over.</summary>
    public void Stop() => _stopping.Set();

    /// <summary>Waits until all that was read is taken in and the threads have ended.</summary>
    public void Dispose()
    {
        Stop();
        if (_thread != Thread.CurrentThread)
        {
            _thread.Join();
        }

        _workers.Dispose();
    }

    /// <summary>Puts what was received into the inboxes of those whose it may be.</summary>
    private void Sort(IncomingBatch batch)
    {
        if (batch.Count == 0)
        {
            _workers.WakeForWaiting();
            return;
        }

        var (news, bytes) = (0, 0L);
        try
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var datagram = batch[i];
                bytes += datagram.Length;
                if (_look.Find(datagram.Bytes, datagram.Source, out var addressee) is { } reason)
                {
                    _endpoint.Drop(reason);
                }
                else if (Post(batch, i, addressee, out var isNews))
                {
                    _news[news] = addressee.Connection.Inbox;
                    news += isNews ? 1 : 0;
                }
                else
                {
                    _endpoint.Drop(DropReason.ReceiveQueueFull);
                }
            }
        }
        finally
        {
            _endpoint.OnReceived(batch.Count, bytes);
            _workers.Post(_news.AsSpan(0, news));
            Array.Clear(_news);
        }

        if (_rate.Note(_endpoint.Now, batch.Count) && !batch.WasFilled)
        {
            _socket.Collect();
        }
    }

    private bool Post(IncomingBatch batch, int index, Addressee addressee, out bool isNews)
    {
        isNews = false;
        if (batch.Take(index) is not { } datagram)
        {
            return false;
        }

        datagram.Addressee = addressee;
        if (addressee.Connection.Inbox.TryAdd(datagram, out isNews))
        {
            return true;
        }

        _pool.Return(datagram);
        return false;
    }
}
