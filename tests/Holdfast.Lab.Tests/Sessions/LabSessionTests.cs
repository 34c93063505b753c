using System.Net;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Sessions;

/// <summary>The lab's client against the real server, over real sockets.</summary>
public sealed class LabSessionTests(RealServer server) : IClassFixture<RealServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_shows_pictures_and_each_level_of_the_ladder_brings_the_same_session_back()
    {
        var (session, times) = await LabSession.StartAsync(server.Peers, server.Service, new LabSessionOptions(), Cancelled);
        await using var _ = session;
        Assert.True(times.Answered <= times.PathConfirmed && times.PathConfirmed <= times.Secured && times.Secured <= times.FirstPicture);
        var id = session.Ticket.Id;
        var token = session.Ticket.Token;

        // The network was there all the time, so the old path shows pictures until the first check with the new credentials: that
        // the level did it is told by the generation, and not by the path of the first picture after the click.
        var first = await session.RecoverAsync(1, Cancelled);
        AssertFirstStep(1, first);
        await WaitForGenerationAsync(session, 1);

        var second = await session.RecoverAsync(2, Cancelled);
        AssertFirstStep(2, second);
        await WaitForGenerationAsync(session, 2);

        var third = await session.RecoverAsync(3, Cancelled);
        Assert.Equal(3, third.Level);
        Assert.Equal(id, session.Ticket.Id);
        Assert.NotEqual(token, session.Ticket.Token, StringComparer.Ordinal);

        var look = await server.Service.LookAsync(session.Ticket, Cancelled);
        Assert.Equal("connected", look.State);
        await session.CloseAsync(Cancelled);
        var gone = await Assert.ThrowsAsync<ServerException>(() => server.Service.LookAsync(session.Ticket, Cancelled));
        Assert.Equal(ServerFailure.Gone, gone.Failure);
    }

    [Fact]
    public async Task The_picture_right_behind_the_handshake_finds_its_keys()
    {
        for (var i = 0; i < 20; i++)
        {
            var (session, _) = await LabSession.StartAsync(server.Peers, server.Service, new LabSessionOptions(), Cancelled);
            await using var __ = session;
            var (shown, undecodable) = session.Line.With((peer, _) => (peer.Media!.Video.Pictures, peer.Media.Video.PicturesUndecodable));
            Assert.True(shown > 0);
            Assert.Equal(0, undecodable);
            await session.CloseAsync(Cancelled);
        }
    }

    [Fact]
    public async Task After_an_interruption_a_click_brings_it_back_from_another_address()
    {
        var (session, _) = await LabSession.StartAsync(server.Peers, server.Service, new LabSessionOptions(), Cancelled);
        await using var __ = session;
        Assert.True(await session.Line.WaitAsync((peer, _) => peer.Media!.Video.Pictures > 20, Patience, Cancelled));
        session.Cut(LineCut.Both);
        await WaitForStateAsync(session, "interrupted");

        session.Line.ChangeAddress();
        session.Cut(LineCut.None);
        var recovery = await session.RecoverAsync(1, Cancelled);

        Assert.True(recovery.Succeeded, recovery.Problem);
        await WaitForStateAsync(session, "connected");
        await session.CloseAsync(Cancelled);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_relay_carries_a_session_loses_what_it_is_to_lose_and_rebinds()
    {
        var serverPort = 0;
        UdpRelay? relay = null;
        var lossy = new LinkConditions { Loss = 0.05, Delay = TimeSpan.FromMilliseconds(5) };
        var options = new LabSessionOptions
        {
            Via = answer =>
            {
                serverPort = answer.Candidates[0].Port;
                relay = new UdpRelay(
                    server.Peers.Clock, new IPEndPoint(IPAddress.Loopback, serverPort), new IPEndPoint(IPAddress.Loopback, 0), lossy, lossy, seed: 3);
                return relay.Address;
            },
        };
        var (session, _) = await LabSession.StartAsync(server.Peers, server.Service, options, Cancelled);
        await using var __ = session;
        await using var ___ = relay;
        Assert.True(await session.Line.WaitAsync((peer, _) => peer.Media!.Video.Pictures > 100, Patience, Cancelled));
        Assert.True(relay!.Count(PacketFate.LostAtRandom) > 0);

        relay.Rebind();
        session.Line.With((peer, now) => peer.OnAddressChanged(now));
        Assert.NotNull(await session.NextPictureAsync(server.Peers.Clock.Now, Patience, Cancelled));

        relay.TakeDown(PathDirection.ToClient);
        await WaitForStateAsync(session, "interrupted");
        relay.TakeDown(PathDirection.None);
        Assert.NotNull(await session.NextPictureAsync(server.Peers.Clock.Now, Patience, Cancelled));
        await session.CloseAsync(Cancelled);
    }

    [Fact]
    public async Task An_error_is_a_sentence()
    {
        var nobody = new HoldfastApi(HoldfastApi.CreateClient(new Uri("http://127.0.0.1:9/")));
        var e = await Assert.ThrowsAsync<ServerException>(() => nobody.HealthAsync(Cancelled));
        Assert.Equal(ServerFailure.Unreachable, e.Failure);
        Assert.Contains("nothing listens there", e.Message, StringComparison.Ordinal);

        e = await Assert.ThrowsAsync<ServerException>(() => server.Service.Api.CreateAsync("v=0", null, null, Cancelled));
        Assert.Equal(ServerFailure.Refused, e.Failure);
        Assert.Equal(HttpStatusCode.BadRequest, e.Status);
    }

    private static void AssertFirstStep(int level, Recovery recovery)
    {
        var step = Assert.Single(recovery.Tried);
        Assert.Equal(level, step.Level);
        Assert.Null(step.Problem);
    }

    private async Task WaitForGenerationAsync(LabSession session, int generation)
    {
        for (var pictures = 0; (await server.Service.LookAsync(session.Ticket, Cancelled)).Generation != generation; pictures++)
        {
            Assert.InRange(pictures, 0, 1_500);
            Assert.NotNull(await session.NextPictureAsync(server.Peers.Clock.Now, Patience, Cancelled));
        }
    }

    private async Task WaitForStateAsync(LabSession session, string state)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Patience);
        while (!string.Equals((await server.Service.LookAsync(session.Ticket, limit.Token)).State, state, StringComparison.Ordinal))
        {
            await server.Peers.Clock.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }
}
