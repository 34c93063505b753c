using Holdfast.Browser.Kit;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Matrix;
using Holdfast.Lab.Tests.Kit;
using Holdfast.Lab.Words;

namespace Holdfast.Browser.Tests;

/// <summary>A person at the product's own page, as the outage matrix has one: what the page shows and plays is what is noted.</summary>
public sealed class VisitorTests
{
    private const int MaxAttempts = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The ground of every number in the matrix: where nothing is broken, nothing is lost and nothing said twice.</summary>
    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task Who_listens_to_a_whole_passage_hears_each_word_once(string kind)
    {
        Machine.MustHave(kind);
        var (passage, _) = await Voice.SpeakAsync(Passages.Alphabet);
        await using var server = await StartServerAsync();
        for (var left = MaxAttempts - 1; ; left--)
        {
            var (visitor, heard) = await ListenAsync(kind, server, passage);
            var load = (await File.ReadAllTextAsync("/proc/loadavg", Cancellation)).Split(' ')[0];
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{kind}, load {load}: {heard.Lost.Count} lost, {heard.Repeats.Count} repeats, {visitor.Recording.Length.TotalSeconds:F1} s recorded: {heard}");
            if (left > 0 && (heard.Lost.Count > 0 || heard.Repeats.Count > 0))
            {
                // A machine that cannot play what it has received says nothing about what was sent.
                continue;
            }

            visitor.Recording.Save(Path.Combine(Repository.Pictures, $"visitor-{kind}.wav"));
            Assert.True(heard.Lost.Count == 0, $"Lost: {string.Join(' ', heard.Lost)}\n{heard}\n{string.Join('\n', visitor.Console)}");
            Assert.True(heard.Repeats.Count == 0, $"{heard}\n{string.Join('\n', visitor.Console)}");
            Assert.Equal(passage.Words.Select(static word => word.Text), heard.Heard, StringComparer.Ordinal);
            Assert.Equal("connected", visitor.States[^1].State);
            Assert.Null(visitor.AwaySince);
            Assert.NotEmpty(visitor.Pictures);
            Assert.Contains(visitor.Sights, static sight => sight.State is "connected" && sight.Texts.Count > 0);
            return;
        }
    }

    private static async Task<(Visitor Visitor, Transcript Heard)> ListenAsync(string kind, ServerProcess server, SpokenPassage passage)
    {
        await using var browser = await Machine.LaunchAsync(kind, server.Address);
        var visitor = await Visitor.OpenAsync(browser, server.Address, "manual", "en", TimeProvider.System, Cancellation);
        await visitor.StartAsync(Cancellation);
        await WaitAsync(visitor, 1);
        await visitor.SayAsync(passage.Text, Cancellation);
        await visitor.HearAsync(Cancellation);
        do
        {
            await WaitAsync(visitor, 0.5);
        }
        while (await visitor.IsSpeakingAsync(Cancellation));

        // What is on its way is still to be heard.
        await WaitAsync(visitor, 2);
        await visitor.CollectAsync(Cancellation, isLast: true);
        return (visitor, new WordSpotter(passage).Spot(visitor.Recording.Pcm));
    }

    private static async Task WaitAsync(Visitor visitor, double seconds)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), Cancellation);
        await visitor.CollectAsync(Cancellation);
    }

    /// <summary>Not on loopback: there Firefox sends nothing.</summary>
    private static Task<ServerProcess> StartServerAsync() => ServerProcess.StartAsync("--urls", $"http://{Machine.Address}:0");
}
