using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Server.Tests.Http;

namespace Holdfast.Server.Tests;

/// <summary>What is said is what is written, through the whole server.</summary>
[Trait("Speed", "Slow")]
public sealed class SpokenTextTests
{
    [Theory]
    [InlineData("……")]
    [InlineData("😀")]
    [InlineData("---")]
    public async Task A_text_with_nothing_to_say_in_it_has_an_answer_of_its_own(string text)
    {
        await using var server = await RunningServer.StartAsync();
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var response = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text });
        await ApiErrorTests.AssertRefusedAsync(response, text, "nothing-to-say");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task Words_light_up_where_they_are_written_whatever_is_said_for_them()
    {
        const string text = "It costs **$3.50** 😀 now, 一共30%。";
        await using var server = await RunningServer.StartAsync();
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var said = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text });
        Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        using var stream = await server.OpenEventsAsync(person.Path + "/events", person.Token);
        var words = new List<string>();
        await foreach (var item in SseParser.Create(await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            if (item.EventType is "word")
            {
                var word = JsonDocument.Parse(item.Data).RootElement;
                var written = text.Substring(word.GetProperty("offset").GetInt32(), word.GetProperty("length").GetInt32());

                // On a machine that is too busy something may be said again, and its word lights up again.
                if (!string.Equals(words.LastOrDefault(), written, StringComparison.Ordinal))
                {
                    words.Add(written);
                }
            }

            if (item.EventType is "finished")
            {
                break;
            }
        }

        Assert.Equal(["It", "costs", "$3.50", "now", "一", "共", "30%"], words);
    }
}
