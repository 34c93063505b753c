using Holdfast.Lab.Peer;
using Holdfast.Rtc;

namespace Holdfast.Lab.Tests.Peer;

public sealed class FreezeMeterTests
{
    private readonly FreezeMeter _meter = new();
    private RtcTime _now = new(1_800_000_000_000_000);

    [Fact]
    public void Even_pictures_do_not_freeze_and_a_long_pause_does_once()
    {
        Show(50, 40);
        Assert.Equal(0, _meter.Count);
        Show(1, 189);
        Assert.Equal(0, _meter.Count);
        Show(30, 40);
        Show(1, 250);
        Assert.Equal(1, _meter.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(250), _meter.Duration);
    }

    [Fact]
    public void An_interruption_that_was_meant_is_no_freeze()
    {
        Show(30, 40);
        _meter.Interrupt();
        Show(1, 5000);
        Show(30, 40);
        Assert.Equal(0, _meter.Count);
        Show(1, 5000);
        Assert.Equal(1, _meter.Count);
    }

    private void Show(int pictures, int milliseconds)
    {
        for (var i = 0; i < pictures; i++)
        {
            _now += TimeSpan.FromMilliseconds(milliseconds);
            _meter.OnPicture(_now);
        }
    }
}
