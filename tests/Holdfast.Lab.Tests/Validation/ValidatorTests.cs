using System.Net;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;
using Holdfast.Lab.Validation;

namespace Holdfast.Lab.Tests.Validation;

/// <summary>The five questions, asked of the real server with short times, and of servers that are each broken in one way.</summary>
public sealed class ValidatorTests
{
    private static readonly ValidationOptions Quick = new()
    {
        GraceSeconds = 5,
        Margin = TimeSpan.FromSeconds(1.2),
        Watch = TimeSpan.FromSeconds(1),
        Away = TimeSpan.FromSeconds(0.6),
        LongestSilence = TimeSpan.FromSeconds(10),
        LeastPictures = 5,
    };

    private static readonly string[] Questions = ["Normal use", "Interruption", "Manual reconnect", "Grace period", "Feedback to the person"];

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task The_real_server_gets_five_times_yes_and_each_broken_one_a_no_where_it_is_broken()
    {
        await using var server = await RealServer.StartAsync("--Holdfast:HeldAfterSeconds=3", "--Holdfast:InterruptedAfterMilliseconds=300");

        // All at once: most of their time they wait.
        var whole = AskAsync(server, new BrokenServer(_ => null), Quick);
        var mute = AskAsync(server, Mute, Quick with { LongestSilence = TimeSpan.FromSeconds(2) });
        var forgetful = AskAsync(server, Restless, Quick);
        var stubborn = AskAsync(server, Stubborn, Quick);
        var endless = AskAsync(server, Endless, Quick);
        var silent = AskAsync(server, WithoutAClient, Quick);

        Assert.All((await whole).Steps, step => Assert.True(step.IsYes, $"{step.Name}: {step.Problem}"));
        Assert.Equal(Questions, (await whole).Steps.Select(step => step.Name), StringComparer.Ordinal);
        IsNo(await mute, "Normal use", "Nothing was heard");
        IsNo(await forgetful, "Interruption", "another connection");
        IsNo(await stubborn, "Manual reconnect", "did not come back");
        IsNo(await endless, "Grace period", "were given");
        IsNo(await silent, "Feedback to the person", "/holdfast/index.js");
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_server_that_lets_sessions_expire_too_early_is_found_out()
    {
        await using var server = await RealServer.StartAsync("--Holdfast:HeldAfterSeconds=3", "--Holdfast:MaxGraceSeconds=1", "--Holdfast:GraceSeconds=1");

        var report = await AskAsync(server, new BrokenServer(_ => null), Quick);

        Assert.False(report.IsYes);
        Assert.False(Step(report, "Manual reconnect").IsYes);
        Assert.True(Step(report, "Normal use").IsYes, Step(report, "Normal use").Problem);
    }

    /// <summary>Takes what is to be said and says nothing.</summary>
    private static BrokenServer Mute => new(request =>
        BrokenServer.Is(request, HttpMethod.Post, "/say") ? BrokenServer.Json(HttpStatusCode.Accepted, """{"utteranceId":"1"}""") : null);

    /// <summary>Makes another connection whenever it is looked at.</summary>
    private static BrokenServer Restless => new(_ => null)
    {
        Answer = request => request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.StartsWith("/api/sessions/", StringComparison.Ordinal)
            ? body => body["generation"] = 1
            : null,
    };

    /// <summary>Answers everybody who comes back with an error.</summary>
    private static BrokenServer Stubborn => new(request =>
        BrokenServer.Is(request, HttpMethod.Post, "/connections") || BrokenServer.Is(request, HttpMethod.Patch, "/connection")
            ? BrokenServer.Json(HttpStatusCode.InternalServerError, "{}")
            : null);

    /// <summary>Does not care for how long it is asked to keep a session.</summary>
    private static BrokenServer Endless => new(_ => null)
    {
        Request = request => BrokenServer.Is(request, HttpMethod.Post, "/api/sessions") ? body => body.Remove("graceSeconds") : null,
    };

    private static BrokenServer WithoutAClient => new(request =>
        BrokenServer.Is(request, HttpMethod.Get, "/holdfast/index.js") ? BrokenServer.Json(HttpStatusCode.NotFound, "{}") : null);

    private static void IsNo(ValidationReport report, string name, string because)
    {
        var step = Step(report, name);
        Assert.False(report.IsYes);
        Assert.False(step.IsYes, $"{name} should have been no.");
        Assert.Contains(because, step.Problem!, StringComparison.Ordinal);
    }

    private static ValidationStep Step(ValidationReport report, string name) =>
        Assert.Single(report.Steps, step => string.Equals(step.Name, name, StringComparison.Ordinal));

    private static async Task<ValidationReport> AskAsync(RealServer server, BrokenServer between, ValidationOptions options)
    {
        using var http = new HttpClient(between) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(20) };
        var validator = new Validator(server.Peers, new HoldfastService(new HoldfastApi(http)), options);
        return await validator.RunAsync(_ => { }, _ => { }, TestContext.Current.CancellationToken);
    }
}
