using System.Net;
using Holdfast.Lab.Peer;

namespace Holdfast.Server.Tests;

/// <summary>Somebody with a session that is really connected: a peer on a real socket.</summary>
internal sealed record Person(string Path, string Token, PeerLine Line)
{
    /// <summary>Connects, and waits for the first pictures.</summary>
    public static async Task<Person> ConnectAsync(RunningServer server, PeerHost peers, bool speaks = false)
    {
        var line = peers.Open(speaks: speaks);
        using var response = await server.SendAsync(
            HttpMethod.Post, "/api/sessions", body: new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" });
        var body = await SessionApiTests.JsonOf(response);
        var sdp = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(line.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        Assert.True(await line.WaitAsync(
            static (peer, _) => peer.Media?.Video.Pictures > 2, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        return new Person($"/api/sessions/{body.GetProperty("sessionId")}", body.GetProperty("resumeToken").GetString()!, line);
    }
}
