using Holdfast.Browser.Kit;
using Holdfast.Lab.Tests.Kit;
using Holdfast.Lab.Words;

namespace Holdfast.Browser.Tests;

/// <summary>A real server process gets SIGKILL in the middle of a sentence and is started again; a real browser looks on, listens, and nobody clicks.</summary>
[Collection(nameof(Alone))]
public sealed class CrashTests(Stage stage) : IAsyncLifetime
{
    private const int MaxAttempts = 3;

    /// <summary>What was not written down yet is said again, and what leads to it from the last pause.</summary>
    private static readonly TimeSpan MostRepeated = TimeSpan.FromSeconds(4);

    private readonly KeptServer _server = new();

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Once, and later twice in a row.</summary>
    [Fact]
    public async Task Killed_in_the_middle_of_a_sentence_it_plays_on_with_the_next_word_on_the_same_connection()
    {
        var (passage, _) = await Voice.SpeakAsync(Voice.Distinct, Passages.Alphabet);
        for (var again = MaxAttempts - 1; ; again--)
        {
            await using var listener = await Listener.OpenAsync(stage, _server.Now.Address);
            await listener.StartAsync("pause", Voice.Distinct);
            var id = await listener.SessionIdAsync();
            await listener.WaitAsync(1.5);
            await listener.SayAsync(passage.Text);
            await listener.HearAsync(seconds: 15);
            foreach (var (afterSeconds, kills) in ((double, int)[])[(4.3, 1), (3.1, 2)])
            {
                await listener.WaitAsync(afterSeconds);
                for (var i = 0; i < kills; i++)
                {
                    await _server.CrashAsync();
                }

                await listener.HearAsync(seconds: 20);
            }

            await listener.HearToTheEndAsync(seconds: 40);
            var heard = new WordSpotter(passage).Spot(listener.Recording.Pcm);
            var peers = await listener.PeersAsync();
            var story = $"{heard}\n{peers}\n{string.Join('\n', listener.Console)}\n{_server.Now.Output}";
            TestContext.Current.TestOutputHelper!.WriteLine(story);
            if (again > 0 && (heard.Lost.Count > 0 || heard.Repeats.Any(static repeat => repeat > MostRepeated)) && listener.MadeUp > TimeSpan.FromSeconds(0.5))
            {
                // A machine that cannot play what it has received says nothing about what was sent.
                continue;
            }

            Assert.Equal(id, await listener.SessionIdAsync());
            _server.AssertOneConnection(peers, story);
            Assert.True(heard.Lost.Count == 0, $"Lost: {string.Join(' ', heard.Lost)}\n{story}");
            Assert.All(heard.Repeats, repeat => Assert.True(repeat <= MostRepeated, $"{repeat} was said again.\n{story}"));
            return;
        }
    }
}
