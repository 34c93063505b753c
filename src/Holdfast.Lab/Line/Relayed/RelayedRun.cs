using System.Net;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Rtc;

namespace Holdfast.Lab.Line.Relayed;

/// <summary>A line in real time: a sender, the relay, and the lab's peer. Each sender of a line finds the same line, with the same chances.</summary>
internal sealed class RelayedRun(PeerHost host)
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);

    /// <summary>Has each of them send over a line, one after the other.</summary>
    public async Task<RelayedCell> RunAsync(LineScenario scenario, IEnumerable<ILineSource> sources, CancellationToken cancellationToken)
    {
        var (results, problems) = (new List<SenderResult>(), new List<string>());
        foreach (var source in sources)
        {
            try
            {
                await using var sender = await source.OpenAsync(cancellationToken);
                results.Add(await RunAsync(scenario, source.Name, sender, cancellationToken));
            }
            catch (Exception e) when (e is ServerException or BrowserException)
            {
                problems.Add($"{source.Name}: {e.Message}");
            }
        }

        return new RelayedCell(scenario, results, problems);
    }

    private async Task<SenderResult> RunAsync(LineScenario scenario, string name, ILineSender sender, CancellationToken cancellationToken)
    {
        var record = new LineRecord();
        await using var line = host.Open();
        var offer = line.With((peer, _) =>
        {
            (peer.OnSound, peer.OnPicture) = (record.OnSound, record.OnPicture);
            return peer.Offer;
        });
        var sdp = await sender.AnswerAsync(offer, cancellationToken);
        if (!ServerAnswer.TryParse(sdp, out var answer, out var error))
        {
            throw new ServerException(ServerFailure.NotUnderstood, error);
        }

        await using var relay = OpenRelay(scenario, answer, record);
        line.With((peer, now) =>
        {
            if (!peer.TryAccept(now, sdp, relay.Address, null, out var why))
            {
                throw new ServerException(ServerFailure.NotUnderstood, why);
            }
        });
        if (!await line.WaitAsync(static (peer, _) => peer.ConnectedAt is not null, ConnectLimit, cancellationToken))
        {
            var confirmed = line.With(static (peer, _) => peer.Ice.IsConfirmed);
            throw new ServerException(
                ServerFailure.Refused, $"no connection came about within {ConnectLimit.TotalSeconds:0} s: {(confirmed ? "the handshake did not end" : "no check was answered")}.");
        }

        var connected = line.With(static (peer, _) => peer.ConnectedAt!.Value);
        await UntilAsync(connected + (scenario.SpeaksFrom < scenario.Duration ? scenario.SpeaksFrom : TimeSpan.Zero), cancellationToken);
        await sender.SpeakAsync(cancellationToken);
        await UntilAsync(connected + scenario.Duration, cancellationToken);
        return new LineJudge(scenario, record, connected, sender.Words).Judge(name);
    }

    private UdpRelay OpenRelay(LineScenario scenario, ServerAnswer answer, LineRecord record)
    {
        // Of a server on this machine loopback is the nearest; a browser names no loopback.
        var target = answer.Candidates.FirstOrDefault(static candidate => candidate.Address.Equals(IPAddress.Loopback))
            ?? answer.Candidates.FirstOrDefault(static candidate => candidate.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            ?? answer.Candidates.FirstOrDefault()
            ?? throw new ServerException(ServerFailure.NotUnderstood, "the answer names no address that could be reached by UDP.");
        var conditions = new LinkConditions { Delay = scenario.Delay, Loss = scenario.Loss };
        return new UdpRelay(
            host.Clock,
            target,
            new IPEndPoint(IPAddress.Loopback, 0),
            toServer: conditions,
            toClient: conditions with { Bandwidth = scenario.Bandwidth, Queue = scenario.Queue },
            scenario.Seed)
        {
            OnPacket = record.OnPacket,
        };
    }

    private Task UntilAsync(RtcTime instant, CancellationToken cancellationToken) => host.Clock.Delay(instant - host.Clock.Now, cancellationToken);
}
