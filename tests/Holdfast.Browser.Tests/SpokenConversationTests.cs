using Holdfast.Browser.Kit;
using Holdfast.Server.Tests;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>A whole conversation by voice over a network that fails whenever it can: a real browser, a real server, a real service that recognises and thinks.</summary>
[Collection(nameof(Alone))]
public sealed class SpokenConversationTests(Stage stage)
{
    private const string Story = "Once upon a time there was a lighthouse keeper, who counted all the ships that passed his island. ";
    private const string Other = "Then there was a fisherman who never caught a single fish in all the years that he went out to sea. ";

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Three_turns_by_voice_with_an_outage_in_each_state_and_an_interruption_lose_nothing_and_hear_nothing_twice()
    {
        await using var service = await OpenAiServer.StartAsync();
        await using var server = await ServerProcess.StartAsync(
            "--environment", "Development", $"--Holdfast:Listening:BaseUrl={service.Url}",
            $"--Holdfast:Dialogue:Models:local:BaseUrl={service.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny");
        using var mouth = await Mouth.SayAsync("one two three four five six seven eight nine ten eleven twelve");
        await using var chromium = await Chromium.LaunchAsync(mouth: mouth.Path);
        await using var visit = await Visit.OpenAsync(stage, "en-GB", address: server.Address, mode: "chat", chromium: chromium);
        await visit.ConnectAsync();
        var session = await visit.SessionIdAsync();
        var answers = visit.Page.Locator(".line[data-by=avatar]");

        // Listening: the connection is lost while the person speaks, and they speak on.
        var mayThink = new TaskCompletionSource();
        service.Understand = Hearing("Tell me a story.");
        service.SayWhen(mayThink.Task, Story);
        await SpeakAsync(visit);
        await IsAsync(visit, "hearing");
        await CutOffAsync(visit, "keeping");
        await visit.PictureAsync("spoken-into-the-gap");
        await BackAsync(visit);

        // Thinking: and it comes back before the model does.
        await IsAsync(visit, "thinking", seconds: 20);
        await UntilAsync(() => service.Requests.Count == 1);
        await CutOffAsync(visit, "keeping");
        await BackAsync(visit);
        mayThink.SetResult();

        // Speaking: what was not heard is said again.
        await IsAsync(visit, "speaking", seconds: 15);
        await visit.WithinAsync(15, "probe.until(() => document.querySelector('.line[data-by=avatar] .heard'))");
        await CutOffAsync(visit, "keeping");
        await BackAsync(visit);
        await Assertions.Expect(answers).ToHaveAttributeAsync("data-status", "said", new() { Timeout = 30_000 });

        // Idle: nobody says anything, and nobody is asked anything.
        await IsAsync(visit, "listening");
        await CutOffAsync(visit, "keeping");
        await BackAsync(visit);
        await IsAsync(visit, "listening");
        Assert.Single(service.Requests);

        // The second turn, and the third breaks into its answer.
        service.Understand = Hearing("Another one, please.");
        // So long that it is not over before the person is, however slow this machine is today.
        service.Say(Other, Other, Other, Other, Other, Other);
        await SpeakAsync(visit);
        await Assertions.Expect(answers).ToHaveCountAsync(2, new() { Timeout = 30_000 });
        await visit.WithinAsync(15, "probe.until(() => document.querySelector('.line[data-by=avatar]:last-of-type .heard'))");
        service.Understand = Hearing("Stop! Who are you?");
        service.Say("I am Lin.");
        await SpeakAsync(visit);
        await Assertions.Expect(answers.Last.Locator(".bubble")).ToContainTextAsync("I am Lin.", new() { Timeout = 30_000 });
        await Assertions.Expect(answers.Last).ToHaveAttributeAsync("data-status", "said", new() { Timeout = 30_000 });
        await visit.PictureAsync("spoken-conversation");

        const string Questions = "Tell me a story.|Another one, please.|Stop! Who are you?";
        Assert.Equal(Questions, string.Join('|', await visit.Page.Locator(".line[data-by=person] .bubble").AllTextContentsAsync()));
        Assert.Equal("said|stopped|said", await answers.EvaluateAllAsync<string>("all => all.map((one) => one.dataset.status).join('|')"));
        var asked = service.Requests[^1].GetProperty("messages").EnumerateArray().Where(static one => one.GetProperty("role").GetString() is "user");
        Assert.Equal(Questions, string.Join('|', asked.Select(static one => one.GetProperty("content").GetString())));
        Assert.Equal(3, service.Requests.Count);
        Assert.Equal(session, await visit.SessionIdAsync());
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task With_push_to_talk_the_person_is_heard_while_they_hold_the_space_bar_and_it_fits_a_small_phone()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = Hearing("What time is it?");
        service.Say("It is noon.");
        await using var server = await ServerProcess.StartAsync(
            $"--Holdfast:Listening:BaseUrl={service.Url}", $"--Holdfast:Dialogue:Models:local:BaseUrl={service.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny");
        using var mouth = await Mouth.SayAsync("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen");
        await using var chromium = await Chromium.LaunchAsync(mouth: mouth.Path);
        await using var visit = await Visit.OpenAsync(
            stage, "en-GB", width: 360, height: 780, address: server.Address, mode: "chat", chromium: chromium, script: "localStorage.setItem('holdfast.listening', 'pushToTalk');");
        await visit.ConnectAsync();
        var button = visit.Page.Locator("#hold-to-talk");
        await Assertions.Expect(button).ToBeHiddenAsync();

        await SpeakAsync(visit);
        await IsAsync(visit, "ready");
        await Assertions.Expect(button).ToHaveTextAsync("Hold to talk");
        await button.FocusAsync();
        await visit.Page.Keyboard.DownAsync(" ");
        await IsAsync(visit, "hearing");
        await Assertions.Expect(button).ToHaveTextAsync("Let go when you are done");
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= 360 && document.querySelector('.talk').scrollWidth <= document.querySelector('.talk').clientWidth"));
        await visit.PictureAsync("spoken-held");
        await SpokenAsync(visit);
        await visit.Page.Keyboard.UpAsync(" ");

        await Assertions.Expect(visit.Page.Locator(".line[data-by=person] .bubble")).ToHaveTextAsync("What time is it?", new() { Timeout = 20_000 });
        await Assertions.Expect(visit.Page.Locator(".line[data-by=avatar] .bubble")).ToContainTextAsync("It is noon.", new() { Timeout = 20_000 });
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task The_voice_assistant_under_the_name_that_people_have_bookmarked_hears_a_person_and_answers()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = Hearing("What time is it?");
        service.Say("It is noon.");
        await using var server = await ServerProcess.StartAsync(
            $"--Holdfast:Listening:BaseUrl={service.Url}", $"--Holdfast:Dialogue:Models:local:BaseUrl={service.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny");
        using var mouth = await Mouth.SayAsync("one two three four five six");
        await using var chromium = await Chromium.LaunchAsync(mouth: mouth.Path);
        await using var visit = await Visit.OpenAsync(stage, "en-GB", address: new Uri(server.Address, "demo.html"), chromium: chromium);
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.Page.Locator("#microphone").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#microphone")).ToHaveAttributeAsync("aria-pressed", "true");

        await Assertions.Expect(visit.Page.Locator("#person li")).ToHaveTextAsync("What time is it?", new() { Timeout = 30_000 });
        await Assertions.Expect(visit.Page.Locator("#avatar li")).ToHaveTextAsync("It is noon.", new() { Timeout = 30_000 });
        await visit.PictureAsync("demo-spoken");
        await visit.Page.Locator("#toggle").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#microphone")).ToBeHiddenAsync();
        await visit.NothingWentWrongAsync();
    }

    /// <summary>Understands a text in a second of sound or more, and nothing in a scrap of it, as a recogniser does.</summary>
    private static Func<short[], string> Hearing(string text) => sound => sound.Length >= 16_000 ? text : "";

    /// <summary>The microphone is opened anew, and hears the sentence.</summary>
    private static async Task SpeakAsync(Visit visit)
    {
        var microphone = visit.Page.Locator("#microphone");
        if (await microphone.GetAttributeAsync("aria-pressed") is "true")
        {
            await microphone.ClickAsync();
            await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "false");
        }

        await microphone.ClickAsync();
        await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "true");
    }

    private static Task IsAsync(Visit visit, string activity, int seconds = 10) =>
        visit.WithinAsync(seconds, $"probe.until(() => document.querySelector('#talk-state').dataset.activity === '{activity}')");

    /// <summary>Every packet is lost for three seconds, and the page has noticed.</summary>
    private static async Task CutOffAsync(Visit visit, string activity)
    {
        await visit.PullThePlugAsync(seconds: 3);
        await IsAsync(visit, activity);
    }

    private static Task BackAsync(Visit visit) => visit.SceneAsync("call", seconds: 10);

    /// <summary>Two seconds of the microphone have arrived at the server.</summary>
    private static Task SpokenAsync(Visit visit) => visit.WithinAsync(
        30,
        """
        (async () => {
            const { session } = document.querySelector('holdfast-player');
            const received = async () => (await session.describe()).microphone?.packetsReceived ?? 0;
            const before = await received();
            await probe.until(async () => await received() >= before + 100);
        })()
        """);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
