using Holdfast.Lab.Commands;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("dance")]
    [InlineData("load")]
    [InlineData("load", "http://localhost:1", "http://localhost:2")]
    [InlineData("load", "ftp://localhost")]
    [InlineData("load", "--sessions", "0", "http://localhost:1")]
    [InlineData("load", "--sessions", "many", "http://localhost:1")]
    [InlineData("load", "--sessions")]
    [InlineData("load", "--sessions", "1", "--sessions", "2", "http://localhost:1")]
    [InlineData("load", "--speaking", "150%", "http://localhost:1")]
    [InlineData("load", "--outages", "2", "http://localhost:1")]
    [InlineData("load", "--outage-length", "8s-2s", "http://localhost:1")]
    [InlineData("load", "--levels", "1,4", "http://localhost:1")]
    [InlineData("load", "--network", "wet", "http://localhost:1")]
    [InlineData("load", "--unheard-of", "1", "http://localhost:1")]
    [InlineData("validate", "--grace", "3", "http://localhost:1")]
    [InlineData("measure", "--api", "other", "http://localhost:1")]
    [InlineData("compare", "one.json")]
    [InlineData("compare", "none.json", "neither.json")]
    [InlineData("line", "--server", "none", "--beside", "firefox")]
    [InlineData("line", "--server", "none", "--only", "3 Mbit/s")]
    [InlineData("line", "--server", "none", "--for", "long")]
    [InlineData("line", "--beside", "chromium")]
    [InlineData("record", "http://localhost:1")]
    [InlineData("dashboard")]
    [InlineData("dashboard", "--dashboard", "none.json", "http://localhost:1")]
    [InlineData("dashboard", "--last", "long", "http://localhost:1")]
    public async Task A_wrong_command_line_is_answered_with_a_sentence(params string[] arguments)
    {
        var e = await Assert.ThrowsAsync<UsageException>(
            () => CommandLine.RunAsync(arguments, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.NotEmpty(e.Message);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("validate")]
    public async Task Where_there_is_no_server_that_is_said(string command)
    {
        var e = await Assert.ThrowsAsync<ServerException>(
            () => CommandLine.RunAsync([command, "http://127.0.0.1:9"], TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal(ServerFailure.Unreachable, e.Failure);
        Assert.StartsWith("There is no server at http://127.0.0.1:9/", e.Message, StringComparison.Ordinal);
    }
}
