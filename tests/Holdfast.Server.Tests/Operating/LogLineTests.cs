using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Server.Tests.Operating;

/// <summary>Every line that the product can write: one about a session names it, so that whoever looks for one id finds all of it.</summary>
public sealed class LogLineTests
{
    /// <summary>What names a session: its id, or who calls itself by it.</summary>
    private static readonly string[] Names = ["{SessionId}", "{Observer}", "{Owner}", "{Member}"];

    /// <summary>What is about a whole server: its settings, its files, its machine, its start and its end. A line that is not here is about a session.</summary>
    private static readonly HashSet<string> OfTheServer = new(StringComparer.Ordinal)
    {
        "ActionLibrary.LogManifest", "ActionLibrary.LogReady", "ActionLibrary.LogBroken",
        "AvatarShowFactory.LogNobodysVoice", "AvatarShowFactory.LogPrepared",
        "ConversationServices.LogToolsLeftOut",
        "HoldfastHost.LogForNobody", "HoldfastHost.LogNotReady", "HoldfastHost.LogNotLetGo", "HoldfastHost.LogTakesOver", "HoldfastHost.LogTakenOver",
        "HoldfastHost.LogNotGiven", "HoldfastHost.LogListening", "HoldfastHost.LogHeld",
        "HoldfastServer.LogWithoutEffect",
        "HouseVoice.LogFailed", "HouseVoice.LogUnspoken", "HouseVoice.LogNoLastResort", "HouseVoice.LogMissing",
        "LargerLoops.LogPrepared", "LargerLoops.LogNotPrepared",
        "LoadWatch.LogLevel",
        "LoopCache.LogNotKept",
        "PacingLoop.LogSkipped",
        "PageBundleMiddleware.LogNotJoined",

        // Requests that are about no session, or whose client is not there any more.
        "ProblemMiddleware.LogUnforeseen", "ProblemMiddleware.LogGone",
        "RecordingStore.LogNotRead",
        "RtcEndpoint.LogStarted", "RtcEndpoint.LogReceiveFailed", "RtcEndpoint.LogFault",
        "SessionDirectory.LogClockFailed",
        "SessionKeeper.LogNotKept", "SessionKeeper.LogRestored", "SessionKeeper.LogCannotKeep", "SessionKeeper.LogKept", "SessionKeeper.LogNotGivenAway",
        "SessionKeeper.LogFailing", "SessionKeeper.LogStopFailed", "SessionKeeper.LogRecovered", "SessionKeeper.LogLost",
        "SpeechStore.LogFailing",
        "Takeover.LogAsked", "Takeover.LogNotTaken", "Takeover.LogCannotListen", "Takeover.LogTooLong",
        "ToolServers.LogReached", "ToolServers.LogGone",
    };

    [Fact]
    public void Whatever_is_not_of_the_whole_server_names_its_session()
    {
        var lines = Lines();
        Assert.True(lines.Count > 70);
        Assert.DoesNotContain(lines, static line => !OfTheServer.Contains(line.Method) && !NamesASession(line.Message));
        Assert.Empty(OfTheServer.Except(lines.Where(static line => !NamesASession(line.Message)).Select(static line => line.Method), StringComparer.Ordinal));
    }

    private static bool NamesASession(string message) => Names.Any(name => message.Contains(name, StringComparison.Ordinal));

    private static List<(string Method, string Message)> Lines() =>
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "Holdfast.*.dll")
            .Where(static file => File.Exists(Path.Combine(Repository.Root, "src", Path.GetFileNameWithoutExtension(file), Path.GetFileNameWithoutExtension(file) + ".csproj")))
            .Where(static file => !file.EndsWith("Holdfast.Lab.dll", StringComparison.Ordinal))
            .SelectMany(static file => Assembly.LoadFrom(file).GetTypes())
            .SelectMany(static type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(static method => (Method: $"{method.DeclaringType!.Name}.{method.Name}", method.GetCustomAttribute<LoggerMessageAttribute>()?.Message))
            .Where(static line => line.Message is not null)
            .Select(static line => (line.Method, line.Message!)),
    ];
}
