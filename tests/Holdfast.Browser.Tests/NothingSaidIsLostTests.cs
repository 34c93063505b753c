using System.Globalization;
using Holdfast.Browser.Kit;
using Holdfast.Lab.Tests.Kit;
using Holdfast.Lab.Words;

namespace Holdfast.Browser.Tests;

/// <summary>
/// A real browser records the sound it plays while a known passage is spoken and the path is cut: what is in the recording, word by
/// word.
/// </summary>
[Collection(nameof(Alone))]
public sealed class NothingSaidIsLostTests(Stage stage)
{
    private const int MaxAttempts = 3;

    /// <summary>Another number cuts at other places: docs/evidence/performance-history.md has a table of many.</summary>
    private const string SeedVariable = "HOLDFAST_CUTS_SEED";

    private static readonly TimeSpan MaxRepeat = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan MadeUpByACut = TimeSpan.FromSeconds(0.5);

    [Fact]
    public async Task Every_word_is_heard_although_the_path_is_cut_five_times()
    {
        var (passage, _) = await Voice.SpeakAsync(Voice.Distinct, Passages.Alphabet);
        Func<Listener, Task>[] cuts = [Heals(2), IsHeldAndReconnects(12), Reloads, Heals(3), IsHeldAndReconnects(11)];

        var (heard, story) = await HearAsync(passage, "pause", MaxAttempts, cuts);

        Assert.True(heard.Lost.Count == 0, $"Lost: {string.Join(' ', heard.Lost)}\n{story}");
        Assert.Equal(passage.Words.Select(static word => word.Text), heard.Heard, StringComparer.Ordinal);
        Assert.All(heard.Repeats, repeat => Assert.True(repeat <= MaxRepeat, $"{repeat} was said again.\n{story}"));
        Assert.True(heard.Repeats.Aggregate(TimeSpan.Zero, static (sum, repeat) => sum + repeat) <= cuts.Length * MaxRepeat, story);
    }

    /// <summary>That the proof can fail: what goes on without a listener is lost, and the recording shows it.</summary>
    [Fact]
    public async Task Words_are_missing_where_the_speech_goes_on_while_nobody_can_hear_it()
    {
        var (passage, _) = await Voice.SpeakAsync(Voice.Distinct, Passages.Alphabet[..2]);

        var (heard, story) = await HearAsync(passage, "finish", attempts: 1, Heals(4));

        // Four seconds of the passage's twelve.
        Assert.True(heard.Lost.Count >= 4, story);
        Assert.True(heard.Heard.Count >= 8, story);
    }

    private async Task<(Transcript Heard, string Story)> HearAsync(
        SpokenPassage passage, string gapPolicy, int attempts, params Func<Listener, Task>[] cuts)
    {
        for (var again = attempts - 1; ; again--)
        {
            await using var listener = await Listener.OpenAsync(stage);
            var heard = await HearAsync(listener, passage, gapPolicy, cuts);
            if (again == 0 || heard.Lost.Count == 0 || listener.MadeUp <= cuts.Length * MadeUpByACut)
            {
                return (heard, Story(listener, heard));
            }

            // A machine that cannot play what it has received says nothing about what was sent.
            TestContext.Current.TestOutputHelper!.WriteLine("The browser could not keep up; once more.");
        }
    }

    private static async Task<Transcript> HearAsync(Listener listener, SpokenPassage passage, string gapPolicy, Func<Listener, Task>[] cuts)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var number) ? number : 1;
        var random = new Random(seed);
        await listener.StartAsync(gapPolicy, Voice.Distinct);
        await listener.WaitAsync(1);
        await listener.SayAsync(passage.Text);
        await listener.HearAsync(seconds: 15);
        var levels = new List<int>();
        foreach (var cut in cuts)
        {
            // Within words as well as between them; and all the cuts before the end of the passage.
            await listener.WaitAsync(1.2 + 1.6 * random.NextDouble());
            await cut(listener);
            await listener.HearAsync(seconds: 20);
            levels.Add(await listener.LevelAsync());
        }

        await listener.HearToTheEndAsync(seconds: 40);
        listener.Recording.Save(Path.Combine(Repository.Pictures, $"words-{gapPolicy}.wav"));
        var heard = new WordSpotter(passage).Spot(listener.Recording.Pcm);
        var repeats = heard.Repeats.Select(static repeat => repeat.TotalSeconds).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"""
            {gapPolicy}, seed {seed}: {cuts.Length} cuts, back by levels {string.Join(", ", levels)}; {passage.Words.Count} words spoken, {heard.Lost.Count} lost; {repeats.Sum():F2} s said again ({string.Join(", ", repeats.Select(static repeat => $"{repeat:F2}"))}); {listener.MadeUp.TotalSeconds:F2} s made up by the decoder
            recorded in {listener.Recording.Length.TotalSeconds:F1} s: {heard}
            """);
        return heard;
    }

    /// <summary>The path comes back, and nobody has to do anything.</summary>
    private static Func<Listener, Task> Heals(int seconds) => async listener =>
    {
        await listener.PullThePlugAsync(seconds);
        await listener.WaitAsync(seconds);
    };

    /// <summary>So long that the server holds the session; the person asks for it back when the network is nearly there again.</summary>
    private static Func<Listener, Task> IsHeldAndReconnects(int seconds) => async listener =>
    {
        await listener.PullThePlugAsync(seconds);
        await listener.WaitAsync(seconds - 0.5);
        await listener.ReconnectAsync();
    };

    /// <summary>The page is loaded anew while the path is dead: a new connection, to which the old one's last words were lost.</summary>
    private static async Task Reloads(Listener listener)
    {
        await listener.PullThePlugAsync(seconds: 2);
        await listener.WaitAsync(1.2);
        await listener.ReloadAsync();
    }

    private string Story(Listener listener, Transcript heard) =>
        $"""
        Heard: {heard}
        The client's story:
        {string.Join('\n', listener.Console)}
        The server's:
        {string.Join('\n', stage.Server.Output.Split('\n').Where(static line => line.Contains("Session ", StringComparison.Ordinal)).TakeLast(30))}
        """;
}
