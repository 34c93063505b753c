using Holdfast.Browser.Kit;
using Holdfast.Lab.Tests.Kit;
using Holdfast.Lab.Words;

namespace Holdfast.Browser.Tests;

/// <summary>A real server process gets SIGTERM in the middle of a sentence and is started again; a real browser listens.</summary>
[Collection(nameof(Alone))]
public sealed class RestartTests(Stage stage) : IAsyncLifetime
{
    private const int MaxAttempts = 3;

    private static readonly TimeSpan MostRepeated = TimeSpan.FromSeconds(1.5);

    private readonly KeptServer _server = new();

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_word_is_heard_although_the_server_was_restarted_in_the_middle()
    {
        var (passage, _) = await Voice.SpeakAsync(Voice.Distinct, Passages.Alphabet);
        for (var again = MaxAttempts - 1; ; again--)
        {
            await using var listener = await Listener.OpenAsync(stage, _server.Now.Address);
            await listener.StartAsync("pause", Voice.Distinct);
            var id = await listener.SessionIdAsync();
            await listener.WaitAsync(1);
            await listener.SayAsync(passage.Text);
            await listener.HearAsync(seconds: 15);
            await listener.WaitAsync(5.3);
            await _server.RestartAsync(afterStop: () => listener.WaitAsync(1));
            await listener.HearAsync(seconds: 20);
            var peers = await listener.PeersAsync();
            await listener.HearToTheEndAsync(seconds: 40);
            var heard = new WordSpotter(passage).Spot(listener.Recording.Pcm);
            var story = $"{heard}\n{string.Join('\n', listener.Console)}\n{_server.Now.Output}";
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
