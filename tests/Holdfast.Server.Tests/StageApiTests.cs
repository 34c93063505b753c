using System.Net;
using Holdfast.Lab.Peer;
using Holdfast.Media;

namespace Holdfast.Server.Tests;

/// <summary>A page tells how large its stage is, and a real peer on a real socket sees the pictures become so large.</summary>
[Trait("Speed", "Slow")]
public sealed class StageApiTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-stage-").FullName;
    private readonly PeerHost _peers = new(TimeProvider.System);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_pictures_follow_the_stage_and_who_comes_back_need_not_tell_it_again()
    {
        await using var server = await StartAsync();
        var person = await Person.ConnectAsync(server, _peers);
        await SeenAsync(person.Line, 128);
        Assert.Equal("""{"width":128,"height":128}""", await ToldAsync(server, person));

        await TellAsync(server, person, 200);
        await SeenAsync(person.Line, 256);
        Assert.Equal("""{"width":256,"height":256}""", await ToldAsync(server, person));
        await TellAsync(server, person, 5_000);
        await SeenAsync(person.Line, 384);
        await TellAsync(server, person, 100);
        await SeenAsync(person.Line, 128);
        await TellAsync(server, person, 384);
        await SeenAsync(person.Line, 384);

        await using var back = _peers.Open();
        using var response = await server.SendAsync(
            HttpMethod.Post, person.Path + "/connections", person.Token, new { sdp = back.With(static (peer, _) => peer.Offer), type = "offer", client = "c" });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var sdp = (await SessionApiTests.JsonOf(response)).GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(back.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        await SeenAsync(back, 384);
        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task A_stage_is_known_to_the_server_that_goes_on_after_this_one()
    {
        await using var first = await StartAsync();
        var person = await Person.ConnectAsync(first, _peers);
        await TellAsync(first, person, 200);
        await first.StopAsync();

        await using var second = await StartAsync();
        await using var back = _peers.Open();
        using var response = await second.SendAsync(
            HttpMethod.Post, person.Path + "/connections", person.Token, new { sdp = back.With(static (peer, _) => peer.Offer), type = "offer", client = "c" });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var sdp = (await SessionApiTests.JsonOf(response)).GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(back.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        await SeenAsync(back, 256);
        await person.Line.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"width":0,"height":10}""", "width")]
    [InlineData("""{"width":10,"height":-1}""", "height")]
    [InlineData("""{"width":16385,"height":10}""", "width")]
    [InlineData("""{"width":10}""", "height")]
    [InlineData("""{"width":"10","height":10}""", "width")]
    [InlineData("""{"width":10.5,"height":10}""", "width")]
    [InlineData("""{"width":1e9,"height":10}""", "width")]
    public async Task What_is_no_size_is_answered_with_what_is_wrong(string body, string member)
    {
        await using var server = await StartAsync();
        var session = await server.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, session.Path + "/stage")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", session.Token);
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await SessionApiTests.AssertProblem(response, "bad-request");
        Assert.Contains($"'{member}' must be a whole number from 1 to 16384", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task TellAsync(RunningServer server, Person person, int side)
    {
        using var told = await server.SendAsync(HttpMethod.Put, person.Path + "/stage", person.Token, new { width = side, height = side });
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
    }

    /// <summary>How large the pictures are as the session's view tells it.</summary>
    private static async Task<string> ToldAsync(RunningServer server, Person person)
    {
        using var view = await server.SendAsync(HttpMethod.Get, person.Path, person.Token);
        return (await SessionApiTests.JsonOf(view)).GetProperty("connection").GetProperty("picture").GetRawText();
    }

    private static async Task SeenAsync(PeerLine line, int width)
    {
        var seen = 0;
        Assert.True(await line.WaitAsync(static (peer, _) => peer.Media is not null, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        line.With((peer, _) => peer.Media!.Video.OnPicture = (in ShownPicture _, ReadOnlySpan<byte> frame) =>
            seen = Vp8FrameHeader.TryParse(frame, out var header) && header.IsKeyFrame ? header.Width : seen);
        Assert.True(
            await line.WaitAsync((_, _) => seen == width, TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken),
            $"The last key frame was {seen} wide, and not {width}.");
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(
        $"--Holdfast:Store:Directory={_directory}", "--Holdfast:Avatar:PictureSize=128", "--Holdfast:Avatar:MaxPictureSize=384");
}
