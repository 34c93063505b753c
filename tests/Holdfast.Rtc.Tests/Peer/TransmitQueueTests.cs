using System.Net;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class TransmitQueueTests
{
    private static readonly IPEndPoint Somewhere = IPEndPoint.Parse("192.0.2.9:9");

    [Fact]
    public void Datagrams_come_out_as_they_went_in()
    {
        using var queue = new TransmitQueue(new DropCounters());
        queue.Add([1, 2], Somewhere);
        queue.Begin()[0] = 3;
        queue.Commit(1, Somewhere);

        Assert.True(queue.TryTake(out var first));
        Assert.Equal([1, 2], first.Datagram.ToArray());
        Assert.Same(Somewhere, first.Destination);
        Assert.True(queue.TryTake(out var second));
        Assert.Equal([3], second.Datagram.ToArray());
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public void It_does_not_grow_without_end()
    {
        var drops = new DropCounters();
        using var queue = new TransmitQueue(drops);

        for (var i = 0; i < 1000; i++)
        {
            queue.Add([1], Somewhere);
        }

        var taken = 0;
        while (queue.TryTake(out _))
        {
            taken++;
        }

        Assert.Equal(1000, taken + drops[DropReason.QueueFull]);
        Assert.InRange(taken, 1, 512);
    }

    [Fact]
    public void An_uncommitted_datagram_is_written_over()
    {
        using var queue = new TransmitQueue(new DropCounters());

        queue.Begin()[0] = 1;
        queue.Add([2], Somewhere);

        Assert.True(queue.TryTake(out var transmit));
        Assert.Equal([2], transmit.Datagram.ToArray());
        Assert.False(queue.TryTake(out _));
    }
}
