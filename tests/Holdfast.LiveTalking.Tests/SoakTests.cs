using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Tests;

/// <summary>
/// Many sessions through /offer, each of which is left in one of the ways in which people leave: after the grace period nothing of any of them is there. How many is for
/// HOLDFAST_SOAK_SESSIONS to say (docs/evidence/measurements.md has 1,000).
/// </summary>
public sealed class SoakTests
{
    private const string CountVariable = "HOLDFAST_SOAK_SESSIONS";

    /// <summary>What may be remembered of a session that has ended, so that whoever asks for it is told why. A session that is there takes more than three times as much.</summary>
    private const int BytesRemembered = 16 * 1024;

    /// <summary>What pools and caches may take more than before, whatever the number of sessions.</summary>
    private const int BytesToSpare = 2 * 1024 * 1024;

    /// <summary>At a time: more do not fit on two processors.</summary>
    private const int AtOnce = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task When_all_have_left_in_every_way_there_is_no_session_no_connection_and_no_memory_of_theirs()
    {
        var asked = int.TryParse(Environment.GetEnvironmentVariable(CountVariable), CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        var count = asked ?? 60;
        await using var server = await RunningServer.StartAsync(
            string.Create(CultureInfo.InvariantCulture, $"--Holdfast:MaxSessions={count + 100}"), "--Holdfast:GraceSeconds=6");
        if (asked is null)
        {
            // Beside other tests: nothing of these sessions is left, which says it of their bytes too.
            await OverAsync(server, await SoakAsync(server, count));
            Assert.Equal(0, ControlTests.DirectoryOf(server).Faults);
            return;
        }

        // What the first ones cost once and for all is no session's own.
        await OverAsync(server, await SoakAsync(server, 2 * AtOnce));
        var before = Memory();
        var clock = Stopwatch.StartNew();
        await OverAsync(server, await SoakAsync(server, count));
        var grown = Memory() - before;
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} sessions came, were left and were gone within {clock.Elapsed.TotalSeconds:F1} s; managed memory {before / 1024.0:N0} KiB before, {grown / 1024.0:N0} KiB more after: {grown / 1024.0 / count:F2} KiB a session"));
        Assert.Equal(0, ControlTests.DirectoryOf(server).Faults);
        Assert.InRange(grown, long.MinValue, BytesToSpare + ((long)count * BytesRemembered));
    }

    private static Func<RunningServer, Visitor, PeerHost, Task>[] Ways { get; } =
    [
        // The network is lost, and nobody comes back.
        static (_, visitor, _) => LoseNetwork(visitor),

        // The tab is closed.
        static (_, visitor, _) => visitor.Line.DisposeAsync(silently: false).AsTask(),

        // The browser crashes.
        static (_, visitor, _) => visitor.Line.DisposeAsync(silently: true).AsTask(),

        // Only heartbeats come for a while, and then they stop (D1, D3).
        static async (server, visitor, _) =>
        {
            await LoseNetwork(visitor);
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/session/heartbeat", new { sessionid = visitor.Id })).Status);
            }
        },

        // A reload: a new connection, which is left like the one before.
        static async (_, visitor, peers) =>
        {
            await LoseNetwork(visitor);
            var back = await visitor.ComeBackAsync(peers);
            await back.Line.DisposeAsync(silently: true);
        },

        // In the middle of a word.
        static async (_, visitor, _) =>
        {
            (await visitor.SayAsync("Nobody hears this.")).AssertOk();
            await visitor.Line.DisposeAsync(silently: true);
        },

        // Properly.
        static (server, visitor, _) => server.CallAsync("/session/close", new { sessionid = visitor.Id }),
    ];

    private static Task LoseNetwork(Visitor visitor)
    {
        visitor.Line.Cut = LineCut.Both;
        return Task.CompletedTask;
    }

    /// <summary>Sessions come, some at a time, and are left; with each, an offer that nothing follows (D2).</summary>
    /// <returns>What is left of them in memory, seen from outside of it.</returns>
    private static async Task<IReadOnlyList<WeakReference>> SoakAsync(RunningServer server, int count)
    {
        await using var peers = new PeerHost(TimeProvider.System);
        var left = new ConcurrentBag<WeakReference>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, count, options, async (i, _) =>
        {
            if (i % 8 == 7)
            {
                Note(left, server, await ControlTests.OfferAsync(server));
                return;
            }

            var visitor = await Visitor.ComeAsync(server, peers);
            Note(left, server, visitor.Id);
            await Ways[i % 8](server, visitor, peers);
        });

        // Whoever lost the network has it no more, until their session is over.
        await NoneAsync(server);
        return [.. left];
    }

    /// <summary>The session and its connection; in a method of its own, which leaves nothing on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Note(ConcurrentBag<WeakReference> left, RunningServer server, long id)
    {
        var session = ControlTests.SessionOf(server, id);
        left.Add(new WeakReference(session));
        left.Add(new WeakReference(session.Connection));
    }

    private static async Task NoneAsync(RunningServer server)
    {
        var endpoint = server.Services.GetRequiredService<RtcEndpoint>();
        await UntilAsync(() => ControlTests.DirectoryOf(server).Count == 0 && endpoint.GetStatistics().Connections == 0);
    }

    /// <summary>Waits until nothing refers to one of them any more: what was sent last and its deadlines are let go of within 15 s.</summary>
    private static Task OverAsync(RunningServer server, IReadOnlyList<WeakReference> left) => UntilAsync(() =>
    {
        Collect();
        return left.All(static one => !one.IsAlive) && server.Services.GetRequiredService<RtcEndpoint>().GetStatistics().Connections == 0;
    });

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Patience);
        using var often = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (!isSo())
        {
            await often.WaitForNextTickAsync(late.Token);
        }
    }

    private static long Memory()
    {
        Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }
}
