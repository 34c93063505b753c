using System.Net;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Kill;

/// <summary>A real server process gets SIGKILL at a chosen moment and is started again; a peer over real UDP looks on.</summary>
[Trait("Speed", "Slow")]
public sealed class KillMomentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_while_a_first_connection_is_negotiated_it_has_forgotten_that_one_and_no_other()
    {
        await using var server = await StartAsync();
        await using var other = await EnterAsync(server);
        await using var line = server.Peers.Open();
        var ticket = await server.Service.CreateAsync(line.With(static (peer, _) => peer.Offer), graceSeconds: null, Cancelled);

        await KillAndStartAsync(server, other);

        var refusal = await Assert.ThrowsAsync<ServerException>(() => server.Service.LookAsync(ticket, Cancelled));
        Assert.Equal(ServerFailure.Gone, refusal.Failure);
        await using var again = await EnterAsync(server);
        Assert.Equal("connected", (await server.Service.LookAsync(again.Ticket, Cancelled)).State);
        Assert.Equal("connected", (await server.Service.LookAsync(other.Ticket, Cancelled)).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_while_somebody_comes_back_the_session_takes_them_the_next_time(bool isAnswered)
    {
        await using var server = await StartAsync();
        await using var session = await EnterAsync(server);
        session.Cut(LineCut.Both);

        // With the answer the token is a new one; without, whether the server took it is anybody's guess.
        var coming = session.ConnectAgainAsync(Cancelled);
        if (isAnswered)
        {
            await coming;
        }

        await server.Process.KillAsync();
        try
        {
            var line = await coming;
            await line.DisposeAsync(silently: true);
        }
        catch (ServerException e)
        {
            Assert.Equal(ServerFailure.Unreachable, e.Failure);
        }

        await server.Process.StartAsync(Cancelled);
        session.Cut(LineCut.None);
        var recovery = await session.RecoverAsync(3, Cancelled);

        Assert.True(recovery.Succeeded, $"{recovery.Problem}\n{server.Process.Output}");
        Assert.Equal("connected", (await server.Service.LookAsync(session.Ticket, Cancelled)).State);
    }

    [Fact]
    public async Task Killed_while_a_session_is_held_it_is_held_still_and_what_was_to_be_said_is_said()
    {
        await using var server = await StartAsync();
        await using var session = await EnterAsync(server);
        await server.Service.SayAsync(session.Ticket, Sentence, key: "once", Cancelled);
        await WaitAsync(server, session.Ticket, static look => look.Speaking);
        await session.Line.DisposeAsync(silently: false);
        await WaitAsync(server, session.Ticket, static look => look.State is "held");

        await server.Process.KillAsync();
        await server.Process.StartAsync(Cancelled);

        // It was killed before that it is held was on the disk, perhaps: then it finds out once more.
        await WaitAsync(server, session.Ticket, static look => look.State is "held");
        var look = await server.Service.LookAsync(session.Ticket, Cancelled);
        Assert.True(look.Speaking || look.Queued > 0, $"{look}");
        Assert.True((await session.RecoverAsync(3, Cancelled)).Succeeded);
        await WaitAsync(server, session.Ticket, static look => look is { Speaking: false, Queued: 0 });

        // Sent once more under its name, by a client that never heard the answer, it is not said again.
        await server.Service.SayAsync(session.Ticket, Sentence, key: "once", Cancelled);
        Assert.True(await server.Service.LookAsync(session.Ticket, Cancelled) is { Speaking: false, Queued: 0 });
    }

    [Fact]
    public async Task Killed_right_after_it_answered_a_program_made_for_LiveTalking_it_says_what_it_was_told()
    {
        await using var server = await StartAsync();
        using var http = new HttpClient { BaseAddress = server.Process.Address };
        var service = new LiveTalkingService(http, CandidateNaming.None);
        var (session, _) = await LabSession.StartAsync(server.Peers, service, new LabSessionOptions { Heartbeats = false }, Cancelled);
        await using var __ = session;

        // The first makes sure that the session itself is kept; only the second is what matters.
        await service.SayAsync(session.Ticket, "Hello.", key: null, Cancelled);
        await WaitUntilAsync(server, async () => !await service.IsSpeakingAsync(session.Ticket, Cancelled));
        await service.SayAsync(session.Ticket, Sentence, key: null, Cancelled);
        await server.Process.KillAsync();
        await server.Process.StartAsync(Cancelled);

        await WaitUntilAsync(server, () => service.IsSpeakingAsync(session.Ticket, Cancelled));
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 15)]
    public async Task Killed_while_the_grace_period_runs_the_time_without_a_server_counts(bool isOverBeforeTheStart, int grace)
    {
        await using var server = await StartAsync();
        await using var session = await EnterAsync(server, graceSeconds: grace);
        await server.Service.SayAsync(session.Ticket, "One, two.", key: null, Cancelled);
        await session.Line.DisposeAsync(silently: false);
        await WaitAsync(server, session.Ticket, static look => look.State is "held");
        var heldAt = server.Peers.Clock.Now;

        // What is answered is on the disk, and with it that the session is held.
        await server.Service.SayAsync(session.Ticket, "Three.", key: null, Cancelled);

        await server.Process.KillAsync();
        if (isOverBeforeTheStart)
        {
            await server.Peers.Clock.Delay(TimeSpan.FromSeconds(grace + 1), Cancelled);
        }

        await server.Process.StartAsync(Cancelled);
        if (!isOverBeforeTheStart)
        {
            var left = (await server.Service.LookAsync(session.Ticket, Cancelled)).ExpiresInSeconds;
            Assert.InRange(left, 0, grace - (server.Peers.Clock.Now - heldAt).TotalSeconds + 1.5);
        }

        var refusal = await Assert.ThrowsAsync<ServerException>(() => WaitAsync(server, session.Ticket, static _ => false));
        Assert.Equal(HttpStatusCode.Gone, refusal.Status);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Killed_half_way_through_its_start_again_and_again_it_loses_nothing()
    {
        await using var server = await StartAsync();
        await using var session = await EnterAsync(server);
        await server.Service.SayAsync(session.Ticket, Sentence, key: null, Cancelled);
        await server.Process.KillAsync();
        var deadSince = server.Peers.Clock.Now;

        // Before anything is read; with the store open and the socket not; with sessions and no HTTP; with everything.
        foreach (var mark in (string?[])[null, "Listening on UDP port", "Sessions of the process before", "Now listening on"])
        {
            var before = server.Process.Output.Length;
            server.Process.Start();
            await server.Peers.Clock.Delay(TimeSpan.FromMilliseconds(100), Cancelled);
            while (mark is not null && !server.Process.Output[Math.Min(before, server.Process.Output.Length)..].Contains(mark, StringComparison.Ordinal))
            {
                await server.Peers.Clock.Delay(TimeSpan.FromMilliseconds(2), Cancelled);
                Assert.True(server.Peers.Clock.Now - deadSince < TimeSpan.FromSeconds(50), $"It never came to: {mark}\n{server.Process.Output}");
            }

            await server.Process.KillAsync();
            deadSince = server.Peers.Clock.Now;
        }

        await server.Process.StartAsync(Cancelled);

        Assert.True(await IsBackAsync(session, deadSince), server.Process.Output);
        AssertNothingReused(session);
        await WaitAsync(server, session.Ticket, static look => look is { Speaking: false, Queued: 0 });
        Assert.Null(session.Line.With(static (peer, _) => peer.End));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Killed_until_all_sequence_numbers_were_used_it_counts_on_and_uses_none_twice()
    {
        await using var server = await StartAsync();
        await using var session = await EnterAsync(server);
        var first = server.Peers.Clock.Now;
        while (session.Line.With(static (peer, _) => peer.Media!.Audit!.FarthestApart) <= 65_536)
        {
            Assert.True(server.Peers.Clock.Now - first < TimeSpan.FromMinutes(3));

            // When something of its own has arrived, a process reserves a whole block, which the next one leaves out.
            await server.Peers.Clock.Delay(TimeSpan.FromSeconds(2.5), Cancelled);
            await KillAndStartAsync(server, session);
            AssertNothingReused(session);
        }

        Assert.Equal(0, session.Line.With(static (peer, _) => peer.Media!.Refused));
        Assert.Equal("connected", (await server.Service.LookAsync(session.Ticket, Cancelled)).State);
    }

    private static string Sentence => "One, two, three, four, five, six, seven.";

    private static async Task<MortalServer> StartAsync()
    {
        var server = new MortalServer();
        await server.Process.StartAsync(Cancelled);
        return server;
    }

    private static async Task<LabSession> EnterAsync(MortalServer server, int? graceSeconds = null)
    {
        var options = new LabSessionOptions { Heartbeats = false, GraceSeconds = graceSeconds };
        var (session, _) = await LabSession.StartAsync(server.Peers, server.Service, options, Cancelled);
        session.Line.With(static (peer, _) => peer.Media!.Audit = new NumberAudit(peer.Profile!.Value));

        // Accepted is what survives a kill from now on, and the session with it.
        await server.Service.SayAsync(session.Ticket, "Hello.", key: null, Cancelled);
        return session;
    }

    private static async Task KillAndStartAsync(MortalServer server, LabSession session)
    {
        await server.Process.KillAsync();
        var deadSince = server.Peers.Clock.Now;
        await server.Process.StartAsync(Cancelled);
        Assert.True(await IsBackAsync(session, deadSince), server.Process.Output);
    }

    /// <summary>Whether media comes again over the connection there is, and nobody did anything for it.</summary>
    private static Task<bool> IsBackAsync(LabSession session, Rtc.RtcTime after) =>
        session.Line.WaitAsync((peer, _) => peer.Media?.LastMediaAt > after, Limit, Cancelled);

    private static void AssertNothingReused(LabSession session)
    {
        var audit = session.Line.With(static (peer, _) => peer.Media!.Audit!);
        Assert.Equal(0, audit.Reused);
        Assert.NotEqual(0, audit.Seen);
    }

    private static async Task WaitUntilAsync(MortalServer server, Func<Task<bool>> condition)
    {
        var begun = server.Peers.Clock.Now;
        while (!await condition())
        {
            Assert.True(server.Peers.Clock.Now - begun < Limit, server.Process.Output);
            await server.Peers.Clock.Delay(TimeSpan.FromMilliseconds(50), Cancelled);
        }
    }

    private static async Task WaitAsync(MortalServer server, SessionTicket ticket, Func<SessionLook, bool> condition)
    {
        var begun = server.Peers.Clock.Now;
        while (await server.Service.LookAsync(ticket, Cancelled) is var look && !condition(look))
        {
            Assert.True(server.Peers.Clock.Now - begun < Limit, $"It was {look}.\n{server.Process.Output}");
            await server.Peers.Clock.Delay(TimeSpan.FromMilliseconds(50), Cancelled);
        }
    }
}
