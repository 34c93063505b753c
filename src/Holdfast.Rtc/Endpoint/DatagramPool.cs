using System.Net;

namespace Holdfast.Rtc;

/// <summary>The memory of all datagrams that were received and are not taken in yet: made when it is needed first, and never more than its bound.</summary>
/// <param name="createAddress">Makes room for an address of the socket's family.</param>
/// <param name="maximum">Datagrams at the most; a multiple of <see cref="PerBlock"/>.</param>
internal sealed class DatagramPool(Func<SocketAddress> createAddress, int maximum = DatagramPool.Maximum)
{
    /// <summary>2 MiB of them.</summary>
    public const int Maximum = 1024;

    /// <summary>So many are made at a time.</summary>
    public const int PerBlock = 64;

    private readonly Lock _gate = new();
    private readonly Stack<IncomingDatagram> _idle = new();
    private int _made;

    /// <summary>Lends one; null where all are in use.</summary>
    public IncomingDatagram? TryTake()
    {
        lock (_gate)
        {
            if (_idle.Count == 0 && _made < maximum)
            {
                Make();
            }

            return _idle.TryPop(out var datagram) ? datagram : null;
        }
    }

    public void Return(IncomingDatagram datagram)
    {
        // It keeps nobody alive who is gone.
        datagram.Addressee = default;
        lock (_gate)
        {
            _idle.Push(datagram);
        }
    }

    private void Make()
    {
        var block = GC.AllocateUninitializedArray<byte>(PerBlock * ReceiveLoop.BufferLength, pinned: true);
        for (var i = 0; i < PerBlock; i++)
        {
            _idle.Push(new IncomingDatagram(block, i * ReceiveLoop.BufferLength, createAddress()));
        }

        _made += PerBlock;
    }
}
