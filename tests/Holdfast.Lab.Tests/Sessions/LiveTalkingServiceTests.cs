using System.Net;
using System.Text.Json;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Sessions;

/// <summary>What is asked of a server with LiveTalking's API, and what its answers are taken for, the unexpected ones too.</summary>
public sealed class LiveTalkingServiceTests
{
    private const string Answer = """{"sdp":"v=0 answer","type":"answer","sessionid":9007199254740991}""";

    private readonly List<(string Path, JsonElement Body)> _asked = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_made_asked_spoken_in_brought_back_and_ended_by_its_number()
    {
        var service = Service(path => path switch
        {
            "/offer" => BrokenServer.Json(HttpStatusCode.OK, Answer),
            "/reconnect" => BrokenServer.Json(HttpStatusCode.OK, """{"sdp":"v=0 again","type":"answer","sessionid":9007199254740991}"""),
            "/is_speaking" => BrokenServer.Json(HttpStatusCode.OK, """{"code":0,"data":true}"""),
            _ => BrokenServer.Json(HttpStatusCode.OK, """{"code":0,"msg":"ok","ttl":300}"""),
        });

        var ticket = await service.CreateAsync("v=0 offer", graceSeconds: null, Cancellation);
        Assert.Equal("9007199254740991", ticket.Id);
        Assert.Equal("v=0 answer", ticket.Answer);
        Assert.Equal(TimeSpan.FromMinutes(5), ticket.Grace);

        await service.HeartbeatAsync(ticket, Cancellation);
        await service.SayAsync(ticket, "Hello.", key: null, Cancellation);
        Assert.True(await service.IsSpeakingAsync(ticket, Cancellation));
        var again = await service.ReconnectAsync(ticket, "v=0 other", "client", Cancellation);
        Assert.Equal((ticket.Id, "v=0 again"), (again.Id, again.Answer));
        await service.CloseAsync(again, Cancellation);

        Assert.Equal(
            ["/offer", "/session/heartbeat", "/human", "/is_speaking", "/reconnect", "/session/close"],
            _asked.Select(static one => one.Path),
            StringComparer.Ordinal);
        Assert.Equal(("v=0 offer", "offer"), (Text(0, "sdp"), Text(0, "type")));
        Assert.Equal(("Hello.", "echo"), (Text(2, "text"), Text(2, "type")));
        Assert.Equal(("v=0 other", "offer"), (Text(4, "sdp"), Text(4, "type")));
        Assert.All(_asked.Skip(1), static one => Assert.Equal(9007199254740991, one.Body.GetProperty("sessionid").GetInt64()));

        string? Text(int index, string field) => _asked[index].Body.GetProperty(field).GetString();
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task Whether_it_speaks_is_in_the_data(string data, bool speaks)
    {
        var service = Service(_ => BrokenServer.Json(HttpStatusCode.OK, $$"""{"code":0,"data":{{data}}}"""));

        Assert.Equal(speaks, await service.IsSpeakingAsync(Ticket("7"), Cancellation));
    }

    [Theory]
    [InlineData("""{"code":0}""")]
    [InlineData("""{"code":0,"data":"yes"}""")]
    [InlineData("[]")]
    [InlineData("Yes.")]
    public async Task An_answer_that_does_not_say_whether_it_speaks_is_not_understood(string body)
    {
        var service = Service(_ => BrokenServer.Json(HttpStatusCode.OK, body));

        var e = await Assert.ThrowsAsync<ServerException>(() => service.IsSpeakingAsync(Ticket("7"), Cancellation));

        Assert.Equal(ServerFailure.NotUnderstood, e.Failure);
    }

    [Theory]
    [InlineData("""{"sdp":"v=0","type":"answer","sessionid":0}""")]
    [InlineData("""{"sdp":"v=0","type":"answer","sessionid":"0"}""")]
    [InlineData("""{"sdp":"v=0","type":"answer","sessionid":"six"}""")]
    [InlineData("""{"sdp":"v=0","type":"answer","sessionid":1.5}""")]
    [InlineData("""{"sdp":"v=0","type":"answer","sessionid":null}""")]
    [InlineData("""{"sdp":"v=0","type":"answer"}""")]
    [InlineData("""{"type":"answer","sessionid":12}""")]
    [InlineData("""{"sdp":5,"type":"answer","sessionid":12}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>")]
    public async Task A_start_that_names_no_session_or_no_answer_is_none(string body)
    {
        var service = Service(_ => BrokenServer.Json(HttpStatusCode.OK, body));

        var e = await Assert.ThrowsAsync<ServerException>(() => service.CreateAsync("v=0", null, Cancellation));

        Assert.Equal(ServerFailure.NotUnderstood, e.Failure);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, ServerFailure.Gone)]
    [InlineData(HttpStatusCode.TooManyRequests, ServerFailure.Full)]
    [InlineData(HttpStatusCode.BadRequest, ServerFailure.Refused)]
    [InlineData(HttpStatusCode.InternalServerError, ServerFailure.Refused)]
    public async Task What_a_status_means_is_told(HttpStatusCode status, object failure)
    {
        var service = Service(_ => BrokenServer.Json(status, """{"code":-1,"msg":"no","error":"no"}"""));

        var e = await Assert.ThrowsAsync<ServerException>(() => service.ReconnectAsync(Ticket("7"), "v=0", "client", Cancellation));

        Assert.Equal(failure, e.Failure);
        Assert.Equal(status, e.Status);
    }

    [Fact]
    public async Task Such_a_server_has_no_restart_of_a_path()
    {
        var service = Service(_ => BrokenServer.Json(HttpStatusCode.OK, Answer));

        Assert.Equal([3], service.Levels);
        var e = await Assert.ThrowsAsync<ServerException>(() => service.RestartAsync(Ticket("7"), "v=0", Cancellation));
        Assert.Equal(ServerFailure.Refused, e.Failure);
        Assert.Empty(_asked);
    }

    private static SessionTicket Ticket(string id) => new(id, "", "v=0", TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(20), null, default);

    private LiveTalkingService Service(Func<string, HttpResponseMessage> answer) => new(new HttpClient(new BrokenServer(request =>
    {
        using var body = request.Content!.ReadAsStream(Cancellation);
        _asked.Add((request.RequestUri!.AbsolutePath, JsonSerializer.Deserialize<JsonElement>(body)));
        return answer(request.RequestUri.AbsolutePath);
    }))
    {
        BaseAddress = new Uri("http://server.test/"),
    });
}
