using System.Diagnostics;
using System.Text.Json;
using Holdfast.Browser.Kit;

namespace Holdfast.Browser.Tests;

/// <summary>
/// Programs of others as clients of the real server, each a script in the folder Peers: connects, receives a sentence, offers again on the connection
/// there is, and comes back by a new one in the same session. What a machine does not have is skipped; ./test installs it.
/// </summary>
public sealed class OtherPeersTests(Stage stage)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static TheoryData<string, string, string> Peers => new()
    {
        { "/usr/bin/python3", "aiortc_peer.py", "import aiortc" },
        { "/usr/bin/python3", "gstreamer_peer.py", "import gi; gi.require_version('GstWebRTC', '1.0'); from gi.repository import GstWebRTC" },
        { "node", "werift_peer.mjs", "import('werift')" },
    };

    private static string Folder => Path.Combine(Repository.Root, "tests", "Holdfast.Browser.Tests", "Peers");

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_peer_of_others_receives_a_sentence_changes_its_offer_and_comes_back(string program, string script, string needs)
    {
        var (has, _, _) = await RunAsync(program, program is "node" ? "-e" : "-c", needs);
        Assert.SkipWhen(has != 0, $"{program} cannot do: {needs}");

        var (code, output, errors) = await RunAsync(program, script, stage.Server.Address.ToString());
        Assert.True(code == 0, $"{script} ended with {code}. {errors}\n{stage.Server.Output}");

        var told = JsonDocument.Parse(output).RootElement;
        Assert.True(told.GetProperty("pictures").GetInt32() >= 50);
        Assert.True(told.GetProperty("sounds").GetInt32() >= 50);
        Assert.True(told.GetProperty("picturesAgain").GetInt32() >= 25);
        Assert.True(told.GetProperty("soundsAgain").GetInt32() >= 50);
        Assert.Equal("connected", told.GetProperty("state").GetString());
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }

        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, await output, await errors);
    }
}
