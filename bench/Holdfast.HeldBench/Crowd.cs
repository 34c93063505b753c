using System.Diagnostics;
using System.Net;
using Holdfast.Rtc;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions;

namespace Holdfast.HeldBench;

/// <summary>People who come, look on for a moment, and vanish without a word; their sessions are held.</summary>
/// <param name="directory">The server's sessions.</param>
/// <param name="endpoint">The server's wire.</param>
/// <param name="text">What each is told, and vanishes in the middle of; null where nobody speaks.</param>
internal sealed class Crowd(SessionDirectory directory, RtcEndpoint endpoint, string? text)
{
    /// <summary>So many are connected at the same time; more would measure this machine's patience. A picture of somebody who speaks is
    /// drawn and encoded for one alone.</summary>
    private readonly int _together = text is null ? 20 : 8;

    private readonly TimeSpan _look = TimeSpan.FromSeconds(text is null ? 2 : 1);

    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly List<Session> _sessions = [];

    public IReadOnlyList<Session> Sessions => _sessions;

    /// <summary>Those of which somebody was in the middle of saying something when they were left.</summary>
    public int Speaking => _sessions.Count(session => session.Snapshot() is { State: SessionState.Held, Speaking: true, Queued: 1 });

    public int Held => _sessions.Count(session => session.State == SessionState.Held);

    /// <summary>Pictures sent to all of them so far, shared or not.</summary>
    public long Pictures => _sessions.Sum(session => session.Snapshot().Connection is { } now ? now.PicturesEncoded + now.PicturesShared : 0);

    /// <summary>Lets so many come and go.</summary>
    public void Visit(int count)
    {
        while (_sessions.Count < count)
        {
            var visits = Enumerable.Range(0, Math.Min(_together, count - _sessions.Count)).Select(_ => Open()).ToArray();
            var threads = Array.ConvertAll(visits, visit => new Thread(() => Stay(visit.Client, visit.Session)));
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Array.ForEach(visits, visit => visit.Client.Dispose());
            _sessions.AddRange(visits.Select(visit => visit.Session));
            Console.Error.Write($"\r{_sessions.Count} came and went ");
        }

        Console.Error.WriteLine();
    }

    /// <summary>Waits until the last is held too.</summary>
    public async Task AllHeldAsync()
    {
        while (Held < _sessions.Count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Ends all.</summary>
    public void Close()
    {
        _sessions.ForEach(session => session.Close(SessionReason.ClosedByOwner));
        _sessions.Clear();
    }

    private (LoopbackClient Client, Session Session) Open()
    {
        var client = new LoopbackClient(() => endpoint.Now, IPAddress.Loopback);
        if (directory.Create(new SessionRequest(client.Client.Offer, null, Grace)) is not CreateSessionResult.Created created)
        {
            throw new InvalidOperationException("The server refused a session.");
        }

        client.Client.Start(created.Answer.Sdp);
        return (client, created.Session);
    }

    private void Stay(LoopbackClient client, Session session)
    {
        var connected = client.RunUntil(() => client.Client.IsConnected && session.State == SessionState.Connected, seconds: 14);
        if (connected && text is not null)
        {
            connected = session.Say(text) is SayOutcome.Accepted && client.RunUntil(() => session.Snapshot().Speaking, seconds: 14);
        }

        var since = Stopwatch.GetTimestamp();
        if (!connected || !client.RunUntil(() => Stopwatch.GetElapsedTime(since) > _look) || client.Client.Media!.Frames().Count == 0)
        {
            throw new InvalidOperationException("A client saw nothing.");
        }
    }
}
