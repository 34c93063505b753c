using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Holdfast.Lab.Browsers;

namespace Holdfast.Lab.Tests.Browsers;

/// <summary>Calls and answers by number, and a browser that may say anything: the end is an answer or a sentence, never a crash or a wait for ever.</summary>
public sealed class MessageSocketTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_find_their_calls_in_whatever_order_they_come()
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        var first = browser.Driver.CallAsync("One.first", new JsonObject { ["a"] = 1 }, Long, Cancellation, session: "tab");
        var second = browser.Driver.CallAsync("Two.second", [], Long, Cancellation);

        var calls = new[] { await browser.ReceiveAsync(), await browser.ReceiveAsync() };
        foreach (var call in calls.Reverse())
        {
            await browser.SendAsync($$$"""{"id":{{{call.GetProperty("id")}}},"result":{"of":"{{{call.TextOf("method")}}}"}}""");
        }

        Assert.Equal("One.first", (await first).TextOf("of"));
        Assert.Equal("Two.second", (await second).TextOf("of"));
        var sent = calls.Single(static call => call.TextOf("method") is "One.first");
        Assert.Equal("tab", sent.TextOf("sessionId"));
        Assert.Equal(1, sent.GetProperty("params").GetProperty("a").GetInt32());
        Assert.Null(calls.Single(static call => call.TextOf("method") is "Two.second").PartOf("sessionId"));
    }

    [Fact]
    public async Task An_answer_in_many_pieces_is_one_answer_and_events_between_them_are_told()
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        var events = new List<string>();
        browser.Driver.Event += (method, message) => events.Add($"{method} {message.PartOf("params")?.TextOf("what")}");
        var call = browser.Driver.CallAsync("Page.picture", [], Long, Cancellation);
        await browser.ReceiveAsync();
        var large = new string('x', 200_000);

        await browser.SendAsync("""{"method":"Page.event","params":{"what":"before"}}""");
        await browser.SendAsync("""{"id":1,"result":{"data":""" + "\"", isWhole: false);
        await browser.SendAsync(large, isWhole: false);
        await browser.SendAsync("\"}}");

        Assert.Equal(large, (await call).TextOf("data"));
        Assert.Equal(["Page.event before"], events);
    }

    [Theory]
    [InlineData("""{"id":1,"error":{"code":-32000,"message":"No such page"}}""", "Do.it: No such page")]
    [InlineData("""{"id":1,"type":"error","error":"no such frame","message":"It is gone"}""", "Do.it: It is gone")]
    [InlineData("""{"id":1,"error":17}""", "Do.it: 17")]
    [InlineData("""{"id":1,"error":null,"message":4}""", "Do.it:")]
    [InlineData("""{"id":1}""", "Do.it: the answer has neither a result nor an error.")]
    [InlineData("""{"id":1,"result":"done"}""", "Do.it: the answer has neither a result nor an error.")]
    public async Task A_refusal_is_a_sentence_with_what_was_asked(string answer, string message)
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        var call = browser.Driver.CallAsync("Do.it", [], Long, Cancellation);
        await browser.ReceiveAsync();

        await browser.SendAsync(answer);

        Assert.Equal(message, (await Assert.ThrowsAsync<BrowserException>(() => call)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":"1","result":{}}""")]
    [InlineData("""{"id":1.5,"result":{}}""")]
    [InlineData("""{"id":99999999999,"result":{}}""")]
    [InlineData("""{"id":2,"result":{}}""")]
    [InlineData("""{"method":5}""")]
    [InlineData("""{"method":"Page.x","params":3,"sessionId":{}}""")]
    [InlineData("\"\\ud800\"")]
    public async Task What_is_no_message_is_passed_over(string junk)
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        var call = browser.Driver.CallAsync("Do.it", [], Long, Cancellation);
        await browser.ReceiveAsync();

        await browser.SendAsync(junk);
        await browser.SendAsync("""{"id":1,"result":{"still":"there"}}""");

        Assert.Equal("there", (await call).TextOf("still"));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Any_bytes_at_all_leave_it_working()
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        browser.Driver.Event += static (_, message) => message.PartOf("params")?.PartOf("a")?.TextOf("b");
        var number = 0;

        await Gen.Byte.Array[0, 200].SampleAsync(
            async bytes =>
            {
                var call = browser.Driver.CallAsync("Do.it", [], Long, Cancellation);
                await browser.ReceiveAsync();
                number++;

                // A text that is not UTF-8 may end a WebSocket; what is within a text is what is tested.
                await browser.SendAsync(Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes)));
                await browser.SendAsync($$$"""{"id":{{{number}}},"result":{"still":"there"}}""");
                Assert.Equal("there", (await call).TextOf("still"));
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public async Task No_answer_in_time_is_told_with_what_was_asked_and_what_the_browser_wrote_and_a_late_one_harms_nothing()
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);

        var error = await Assert.ThrowsAsync<BrowserException>(() => browser.Driver.CallAsync("Do.it", [], Short, Cancellation));

        Assert.StartsWith("Do.it: no answer within", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Fake wrote last: nothing to see", error.Message, StringComparison.Ordinal);
        var call = browser.Driver.CallAsync("Do.more", [], Long, Cancellation);
        await browser.SendAsync("""{"id":1,"result":{"too":"late"}}""");
        await browser.SendAsync("""{"id":2,"result":{"in":"time"}}""");
        Assert.Equal("time", (await call).TextOf("in"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_browser_that_is_gone_fails_the_calls_that_wait_and_those_that_come(bool isPolite)
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        var waiting = browser.Driver.CallAsync("Do.it", [], Long, Cancellation);
        await browser.ReceiveAsync();

        if (isPolite)
        {
            await browser.CloseAsync();
        }
        else
        {
            browser.Die();
        }

        var first = await Assert.ThrowsAsync<BrowserException>(() => waiting);
        Assert.StartsWith("Do.it: the browser is gone. Fake wrote last", first.Message, StringComparison.Ordinal);
        var next = await Assert.ThrowsAsync<BrowserException>(() => browser.Driver.CallAsync("Do.more", [], Long, Cancellation));
        Assert.StartsWith("Do.more: the browser is gone.", next.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_that_takes_nothing_in_any_more_fails_the_call_in_time()
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        var large = new JsonObject { ["text"] = new string('x', 32 * 1024 * 1024) };

        // Nobody reads at the far end, and no buffer on the way is so large.
        var error = await Assert.ThrowsAsync<BrowserException>(() => browser.Driver.CallAsync("Take.this", large, Short, Cancellation));

        Assert.StartsWith("Take.this: no answer within", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_gives_up_is_not_kept_waiting()
    {
        await using var browser = await FakeBrowser.StartAsync(TimeProvider.System);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = browser.Driver.CallAsync("Do.it", [], Long, giveUp.Token);
        await browser.ReceiveAsync();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("""{"data":5}""")]
    [InlineData("""{"data":"no base64!"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void Bytes_that_are_none_are_a_sentence(string json)
    {
        var answer = JsonDocument.Parse(json).RootElement;

        Assert.Contains("\"data\"", Assert.Throws<BrowserException>(() => answer.MustHaveBytes("data")).Message, StringComparison.Ordinal);
    }
}
