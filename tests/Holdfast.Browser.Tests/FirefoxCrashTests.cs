using System.Globalization;
using Holdfast.Browser.Kit;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Kill;
using Holdfast.Lab.Kill.Browsing;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Words;
using LabServer = Holdfast.Lab.Servers.ServerProcess;

namespace Holdfast.Browser.Tests;

/// <summary>What <see cref="CrashTests"/> says of Chromium, in Firefox, as the lab tries it.</summary>
[Collection(nameof(Alone))]
public sealed class FirefoxCrashTests
{
    private const int MaxAttempts = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_in_the_middle_of_a_sentence_it_plays_on_with_the_next_word_on_the_same_connection()
    {
        Machine.MustHave("Firefox");
        var store = Directory.CreateTempSubdirectory("holdfast-tests-");
        try
        {
            var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{Machine.Address}:{FreePort.Next()}/"));
            string[] command =
            [
                "dotnet", Repository.Server,
                "--urls", address.ToString().TrimEnd('/'),
                string.Create(CultureInfo.InvariantCulture, $"--Holdfast:Rtc:Port={address.Port}"),
                $"--Holdfast:Store:Directory={store.FullName}",
                "--Holdfast:Access:Anonymous=Everywhere", // this machine's address may be a public one
                "--Holdfast:Speech:English=espeak",
                $"--Holdfast:Avatar:LoopCache={Path.Combine(Repository.Root, "artifacts", "loops")}",
            ];
            for (var again = MaxAttempts - 1; ; again--)
            {
                await using var server = new LabServer(command, address, networkNamespace: null, TimeProvider.System);
                var run = new BrowserKillRun(server, Passages.Alphabet[..2], Ending.Kill, times: 1, [BrowserKind.Firefox], seed: (ulong)again + 1, recordings: null, TimeProvider.System);
                var report = await run.RunAsync(static _ => { }, Cancellation);
                var trial = Assert.Single(report.Trials);
                var states = string.Join("; ", trial.Connections.Select(static connection => string.Join(' ', connection)));
                TestContext.Current.TestOutputHelper!.WriteLine($"{trial.BrowserVersion}: {trial.GapMilliseconds} ms, {states}, {trial.SecondsMadeUp} s made up");
                if (again > 0 && trial is { WordsLost.Count: > 0, SecondsMadeUp: > 0.7 })
                {
                    // A machine that cannot play what it has received says nothing about what was sent.
                    continue;
                }

                // Firefox may call a connection "disconnected" after a gap of a second or more, and "connected" again by itself; probably one of its
                // checks, sent every few seconds, fell into the gap.
                trial = trial with { GapMilliseconds = Math.Max(trial.GapMilliseconds ?? double.NaN, BrowserKillTrial.BrowsersPatienceMilliseconds) };
                Assert.True(trial.Problem is null, $"{trial.Problem}\n{states}\n{server.Output}");
                return;
            }
        }
        finally
        {
            store.Delete(recursive: true);
        }
    }
}
