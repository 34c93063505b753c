using System.Globalization;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Kill;

/// <summary>Who starts the server keeps its media port open, as systemd's socket units do.</summary>
[Trait("Speed", "Slow")]
public sealed class HeldPortTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Firefox sends each check once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_check_that_was_sent_while_there_was_no_server_is_answered_by_the_next(bool politely)
    {
        await using var server = new MortalServer();
        using var port = new HeldPort(server.Port);
        await using var held = server.Another(port);
        await held.StartAsync(Cancelled);
        var (session, _) = await LabSession.StartAsync(server.Peers, server.Service, new LabSessionOptions { Heartbeats = false }, Cancelled);
        await using var __ = session;

        // Accepted is what survives a kill from now on, and the session with it.
        await server.Service.SayAsync(session.Ticket, "Hello.", key: null, Cancelled);
        await (politely ? held.StopPolitelyAsync(Cancelled) : held.KillAsync());

        // One check, and nothing after it: only that one can be answered.
        session.Line.With(static (peer, now) => peer.OnAddressChanged(now));
        session.Cut(LineCut.Outgoing);
        var sent = server.Peers.Clock.Now;
        await held.StartAsync(Cancelled);
        Assert.True(await session.Line.WaitAsync((peer, _) => peer.LastAnswered > sent, TimeSpan.FromSeconds(10), Cancelled), held.Output);
    }

    [Fact]
    public async Task A_port_that_is_not_the_one_that_is_set_is_told_in_one_sentence()
    {
        await using var server = new MortalServer();
        var other = FreePort.Next();
        using var port = new HeldPort(other);
        await using var held = server.Another(port);

        held.Start();
        await held.EndAsync(Cancelled);

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"UDP port {other} was handed over (LISTEN_FDS), and {server.Port} is set"), held.Output, StringComparison.Ordinal);
    }
}
