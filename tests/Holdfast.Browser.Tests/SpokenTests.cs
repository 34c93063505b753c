using System.Diagnostics;
using Holdfast.Browser.Kit;
using Holdfast.Server.Tests;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>A person turns the microphone on and speaks: a real browser with a recording in the place of a mouth, and a real service that recognises.</summary>
public sealed class SpokenTests(Stage stage)
{
    [Fact(DisableParallelization = true)]
    public async Task What_is_said_into_the_microphone_is_shown_and_answered_and_the_microphone_goes_off_again()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "What time is it?";
        service.Say("It is noon.");
        await using var server = await ServerProcess.StartAsync(
            $"--Holdfast:Listening:BaseUrl={service.Url}", $"--Holdfast:Dialogue:Models:local:BaseUrl={service.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny");
        using var mouth = await Mouth.SayAsync("What time is it?");
        await using var chromium = await Chromium.LaunchAsync(mouth: mouth.Path);
        await using var visit = await Visit.OpenAsync(stage, "en-GB", address: server.Address, mode: "chat", chromium: chromium);
        await visit.ConnectAsync();
        var microphone = visit.Page.Locator("#microphone");

        await microphone.ClickAsync();

        await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(visit.Page.Locator(".line[data-by=person] .bubble")).ToHaveTextAsync("What time is it?");
        await Assertions.Expect(visit.Page.Locator(".line[data-by=avatar]")).ToHaveAttributeAsync("data-status", "said", new() { Timeout = 30_000 });
        await Assertions.Expect(visit.Page.Locator(".line[data-by=avatar] .bubble")).ToContainTextAsync("It is noon.");
        Assert.InRange(service.Heard[^1].Seconds, 0.2, 5);
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("() => document.querySelector('holdfast-player').session.state.generation"));
        await visit.PictureAsync("spoken");

        await microphone.ClickAsync();
        await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "false");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Where_nobody_could_understand_it_the_page_says_so_and_opens_no_microphone()
    {
        await using var visit = await Visit.OpenAsync(
            stage, mode: "chat", script: "delete globalThis.SpeechRecognition; delete globalThis.webkitSpeechRecognition;");
        await visit.ConnectAsync();

        await visit.Page.Locator("#microphone").ClickAsync();

        await Assertions.Expect(visit.Toast).ToContainTextAsync("没有配置语音识别");
        await Assertions.Expect(visit.Page.Locator("#microphone")).ToHaveAttributeAsync("aria-pressed", "false");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Where_only_the_browser_could_understand_it_the_page_asks_before_it_lets_it()
    {
        await using var visit = await Visit.OpenAsync(stage, mode: "chat");
        await visit.ConnectAsync();

        await visit.Page.Locator("#microphone").ClickAsync();

        var note = visit.Page.Locator("#talk-log .note").Last;
        await Assertions.Expect(note).ToContainTextAsync("这台服务器听不懂话，但你的浏览器可以");
        await Assertions.Expect(note.GetByRole(AriaRole.Button)).ToHaveTextAsync("让浏览器来听");
        await Assertions.Expect(visit.Page.Locator("#microphone")).ToHaveAttributeAsync("aria-pressed", "false");
        await visit.NothingWentWrongAsync();
    }

    /// <summary>A recording for the browser's microphone.</summary>
    private sealed class Mouth(string path) : IDisposable
    {
        public string Path => path;

        public static async Task<Mouth> SayAsync(string text)
        {
            var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"holdfast-mouth-{Guid.NewGuid():N}.wav");
            using var voice = Process.Start("espeak-ng", ["-w", path, text]);
            await voice.WaitForExitAsync(TestContext.Current.CancellationToken);
            return new Mouth(path);
        }

        public void Dispose() => File.Delete(path);
    }
}
