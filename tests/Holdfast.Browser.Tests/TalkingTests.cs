using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>A person talks with whoever answers on this server: without any model, the offline companion.</summary>
public sealed class TalkingTests(Stage stage)
{
    [Fact]
    public async Task A_question_is_answered_aloud_and_the_page_says_who_answers_and_what_is_going_on()
    {
        await using var visit = await Visit.OpenAsync(stage, mode: "chat");
        await Assertions.Expect(visit.Page.Locator("#companion")).ToBeVisibleAsync();
        await visit.ConnectAsync();
        var state = visit.Page.Locator("#talk-state");
        await visit.SaysAsync(state, "请说", "Your turn");

        await visit.SayAsync("你是谁？");
        await Assertions.Expect(visit.Page.Locator(".line[data-by=person] .bubble")).ToHaveTextAsync("你是谁？");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");
        await Assertions.Expect(state).ToHaveAttributeAsync("data-activity", "speaking");
        var answer = visit.Page.Locator(".line[data-by=avatar]");
        await Assertions.Expect(answer).ToHaveCountAsync(1);
        await visit.WithinAsync(15, "probe.until(() => document.querySelector('.line[data-by=avatar] .heard') && document.querySelector('.line[data-by=avatar] .coming'))");
        await visit.WithinAsync(30, "probe.until(() => document.querySelector('#talk-state').dataset.activity === 'ready')");
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-status", "said");
        await Assertions.Expect(answer.Locator(".bubble")).ToContainTextAsync("离线小助手");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Stop_talking_ends_the_answer_at_once_and_shows_where_it_broke_off()
    {
        await using var visit = await Visit.OpenAsync(stage, "en-GB", mode: "chat");
        await visit.ConnectAsync();
        await visit.SayAsync("What can you do?");
        await visit.WithinAsync(15, "probe.until(() => document.querySelector('.line[data-by=avatar] .heard'))");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop talking" }).ClickAsync();

        var answer = visit.Page.Locator(".line[data-by=avatar]");
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-status", "stopped");
        await Assertions.Expect(answer.Locator(".cut").First).ToBeVisibleAsync();
        await Assertions.Expect(answer.Locator(".fate")).ToHaveTextAsync("Stopped talking here");
        await Assertions.Expect(visit.Toast).ToHaveTextAsync("Stopped talking");
        await visit.WithinAsync(10, $"probe.quiet({Visit.QuietText})");
        await visit.NothingWentWrongAsync();
    }
}
