using System.Globalization;
using Holdfast.Browser.Kit;
using Holdfast.Browser.Kit.Words;

namespace Holdfast.Browser.Tests;

/// <summary>
/// A real browser records the sound it plays while a known passage is spoken and the path is cut: what is in the recording, word by
/// word.
/// </summary>
public sealed class NothingSaidIsLostTests(Stage stage)
{
    private const double MaxRepeatSeconds = 1.5;

    /// <summary>Another number cuts at other places: docs/performance.md has a table of many.</summary>
    private const string SeedVariable = "HOLDFAST_CUTS_SEED";

    [Fact]
    public async Task Every_word_is_heard_although_the_path_is_cut_five_times()
    {
        var passage = await SpokenPassage.SpeakAsync(Passages.Alphabet);
        await using var listener = await Listener.OpenAsync(stage);

        Func<Listener, Task>[] cuts = [Heals(2), IsHeldAndReconnects(12), Reloads, Heals(3), IsHeldAndReconnects(11)];
        var heard = await HearAsync(listener, passage, "pause", cuts);

        Assert.True(heard.Lost.Count == 0, $"Lost: {string.Join(' ', heard.Lost)}. {Story(listener, heard)}");
        Assert.Equal(passage.Words.Select(static word => word.Text), heard.Heard, StringComparer.Ordinal);
        Assert.True(heard.Repeats.Count <= cuts.Length, Story(listener, heard));
        Assert.All(heard.Repeats, repeat => Assert.True(repeat.TotalSeconds <= MaxRepeatSeconds, $"{repeat} is repeated. {Story(listener, heard)}"));
    }

    /// <summary>That the proof can fail: what goes on without a listener is lost, and the recording shows it.</summary>
    [Fact]
    public async Task Words_are_missing_where_the_speech_goes_on_while_nobody_can_hear_it()
    {
        var passage = await SpokenPassage.SpeakAsync(Passages.Alphabet);
        await using var listener = await Listener.OpenAsync(stage);

        var heard = await HearAsync(listener, passage, "finish", Heals(2), Heals(3));

        // Five seconds of a passage of 17.
        Assert.True(heard.Lost.Count is >= 4 and <= 14, Story(listener, heard));
        Assert.Empty(heard.Repeats);
    }

    private async Task<Transcript> HearAsync(Listener listener, SpokenPassage passage, string gapPolicy, params Func<Listener, Task>[] cuts)
    {
        await listener.StartAsync(gapPolicy);
        await listener.WaitAsync(1);
        await listener.SayAsync(passage.Text);
        await listener.HearAsync(seconds: 15);
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var number) ? number : 1;
        var random = new Random(seed);
        var levels = new List<string>();
        foreach (var cut in cuts)
        {
            // Within words as well as between them; and all the cuts before the end of the passage.
            await listener.WaitAsync(1.2 + 1.6 * random.NextDouble());
            await cut(listener);
            await listener.HearAsync(seconds: 20);
            levels.Add((await listener.LevelAsync()).ToString(CultureInfo.InvariantCulture));
        }

        await listener.HearToTheEndAsync(seconds: 40);
        listener.Recording.Save(Path.Combine(Repository.Pictures, $"words-{gapPolicy}.wav"));
        var heard = new WordSpotter(passage).Spot(listener.Recording.Pcm);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"""
            gap policy {gapPolicy}, seed {seed}, {cuts.Length} cuts, came back by level {string.Join(", ", levels)}: {passage.Words.Count} words spoken, {heard.Lost.Count} lost, {heard.Repeats.Sum(static repeat => repeat.TotalSeconds):F2} s repeated ({string.Join(", ", heard.Repeats.Select(static repeat => $"{repeat.TotalSeconds:F2}"))})
            {listener.Console[^1]}
            heard in {listener.Recording.Length.TotalSeconds:F1} s: {heard}
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
