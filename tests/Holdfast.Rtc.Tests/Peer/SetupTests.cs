using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class SetupTests
{
    [Fact]
    public void Client_and_server_connect()
    {
        using var call = new Call();

        var connected = call.Connect();

        Assert.True(connected);
        Assert.Equal(
            [
                new RtcEvent.StateChanged(RtcConnectionState.Connecting, RtcReason.ClientReached),
                new RtcEvent.PathChanged(call.Client.Address, 0),
                new RtcEvent.StateChanged(RtcConnectionState.Connected, RtcReason.HandshakeCompleted),
                new RtcEvent.KeyFrameRequested(),
            ],
            call.Server.Events);
    }
}
