using Holdfast.Browser.Kit;

namespace Holdfast.Server.Tests.Operating;

/// <summary>A server in a process of its own, as an operator starts it: what it measures and writes is of nobody else.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly ListeningProgram _program;

    private RunningProgram(ListeningProgram program)
    {
        _program = program;
        Http = new HttpClient { BaseAddress = program.Address };
    }

    public HttpClient Http { get; }

    /// <summary>What it wrote until now.</summary>
    public string Output => _program.Output;

    /// <summary>The server itself, on free ports.</summary>
    public static Task<RunningProgram> StartServerAsync(params string[] arguments) => StartServerAsync(environment: null, arguments);

    /// <inheritdoc cref="StartServerAsync(string[])"/>
    public static Task<RunningProgram> StartServerAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments) => StartAsync(
        "dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Holdfast.Server.dll"), "--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0",
            "--Holdfast:Avatar:PictureSize=128", .. arguments,
        ],
        environment);

    /// <summary>Any program that says where it listens, as ASP.NET Core's do.</summary>
    public static async Task<RunningProgram> StartAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        new(await ListeningProgram.StartAsync(program, arguments, environment));

    /// <summary>As an operator stops it.</summary>
    public Task StopAsync() => _program.StopPolitelyAsync();

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return _program.DisposeAsync();
    }
}
