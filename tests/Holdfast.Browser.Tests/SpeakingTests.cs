using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The way of a person: connect, look, type, listen, stop.</summary>
public sealed class SpeakingTests(Stage stage)
{
    [Fact(DisableParallelization = true)]
    public async Task A_click_brings_a_picture_that_moves_without_a_freeze()
    {
        await using var visit = await Visit.OpenAsync(stage);

        await visit.ConnectAsync();
        var pictures = await visit.WithinAsync<Pictures>(20, "probe.pictures(3000)");
        var glances = await visit.WithinAsync<Glance[]>(20, "probe.watch(3000)");
        for (var again = 0; again < 8 && (pictures is { Decoded: < 50 } or { Freezes: > 0 } || glances.Max(static glance => glance.Gap) > 500); again++)
        {
            // A machine that is busy with something else for a moment is no failure; one that never plays smoothly is.
            pictures = await visit.WithinAsync<Pictures>(20, "probe.pictures(3000)");
            glances = await visit.WithinAsync<Glance[]>(20, "probe.watch(3000)");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{pictures}, longest gap {glances.Max(glance => glance.Gap):F0} ms");
        Assert.Equal((512, 512), (pictures.Width, pictures.Height));
        Assert.InRange(pictures.Decoded, 50, 100);
        Assert.Equal(0, pictures.Freezes);
        Assert.Equal(0, pictures.Lost);
        Assert.All(glances, glance => Assert.InRange(glance.Gap, 0, 500));
        Assert.Contains(glances, glance => glance.Top + glance.Mouth > 0); // alive: no two seconds of one still picture
        await visit.NothingWentWrongAsync();
    }

    [Theory]
    [InlineData("en-GB", "The quick brown fox jumps over the lazy dog, and then it sleeps.")]
    [InlineData("zh-CN", "你好，我是你的数字人，很高兴在这里见到你。")]
    public async Task A_typed_sentence_is_heard_and_then_it_is_quiet(string locale, string sentence)
    {
        await using var visit = await Visit.OpenAsync(stage, locale);
        await visit.ConnectAsync();
        await visit.WithinAsync(15, $"probe.quiet({Visit.QuietText})");

        await visit.SayAsync(sentence);
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");
        await visit.PictureAsync("speaking-" + locale);
        await visit.WithinAsync(30, $"probe.quiet({Visit.QuietText})");

        await visit.NothingWentWrongAsync();
    }

    [Fact(DisableParallelization = true)]
    public async Task The_mouth_moves_with_the_sound_and_rests_without_it()
    {
        await using var visit = await Visit.OpenAsync(stage, "en-GB");
        await visit.ConnectAsync();
        await visit.WithinAsync(15, $"probe.quiet({Visit.QuietText})");

        var idle = await visit.WithinAsync<Glance[]>(20, "probe.watch(3000)");
        Glance[] speaking, loud;
        var times = 0;
        do
        {
            // A machine that is busy for a moment shows few pictures: there is little to compare.
            await visit.SayAsync("Mamas and papas eat apples and bananas every evening, while the moon above the ocean is rising.");
            await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");
            speaking = await visit.WithinAsync<Glance[]>(20, "probe.watch(3000)");
            loud = [.. speaking.Where(static glance => glance.Level > 0.01)];
        }
        while (loud.Length < 8 && ++times < 4);

        Assert.True(loud.Length >= 8, $"only {loud.Length} of {speaking.Length} pictures were shown while it was loud");
        var mouthIdle = idle.Average(glance => glance.Mouth);
        var mouthSpeaking = loud.Average(glance => glance.Mouth);
        var topSpeaking = loud.Average(glance => glance.Top);
        TestContext.Current.TestOutputHelper!.WriteLine($"mouth {mouthIdle:F2} idle, {mouthSpeaking:F2} speaking; upper face {topSpeaking:F2} speaking; loud in {loud.Length} of {speaking.Length} pictures");
        Assert.True(mouthSpeaking > 2 * mouthIdle, $"mouth: {mouthSpeaking:F2} while speaking, {mouthIdle:F2} while idle");
        Assert.True(mouthSpeaking > 1.5 * topSpeaking, $"while speaking: mouth {mouthSpeaking:F2}, upper face {topSpeaking:F2}");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Stop_ends_the_session_and_start_makes_another()
    {
        await using var visit = await Visit.OpenAsync(stage);
        var created = visit.Page.WaitForResponseAsync(response => response.Request.Method is "POST" && response.Url.EndsWith("/api/sessions", StringComparison.Ordinal));
        await visit.ConnectAsync();
        var session = (await (await created).JsonAsync())!.Value;

        await visit.Stop.ClickAsync();
        await visit.WithinAsync(10, "probe.until(() => probe.peers.at(-1).connectionState === 'closed')");
        await visit.WithinAsync(10, $"probe.until(async () => (await probe.call({session.GetRawText()}, 'GET')).status >= 400)");
        await visit.ConnectAsync();

        Assert.Equal(2, await visit.Page.EvaluateAsync<int>("() => probe.peers.length"));
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        await using var visit = await Visit.OpenAsync(stage, "en-GB");
        await visit.Start.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.ShownAsync();

        await visit.Page.Locator("#human-text").FocusAsync();
        await visit.Page.Keyboard.TypeAsync("Hello from the keyboard.");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");

        await visit.Stop.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.WithinAsync(10, "probe.until(() => probe.peers.at(-1).connectionState === 'closed')");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Pictures_of_the_product_are_kept()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        await visit.SayAsync("你好，很高兴见到你。");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");
        await visit.WithinAsync(30, $"probe.quiet({Visit.QuietText})");
        await visit.WithinAsync(15, "probe.until(() => getComputedStyle(document.querySelector('holdfast-player').shadowRoot.getElementById('toast')).opacity === '0')");
        await visit.SayAsync("你可以在这里输入一句话，我会把它说出来。你也可以随时拔掉网线，我会在这里等你，然后从断开的地方继续说下去。");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");
        foreach (var (name, theme, width, height) in ((string, ColorScheme, int, int)[])[("connected", ColorScheme.Light, 1440, 900), ("dark", ColorScheme.Dark, 1440, 900), ("phone", ColorScheme.Light, 390, 844)])
        {
            await visit.Page.EmulateMediaAsync(new() { ColorScheme = theme });
            await visit.Page.SetViewportSizeAsync(width, height);
            Assert.True((await visit.PictureAsync(name)).Length > 20_000);
        }

        await visit.NothingWentWrongAsync();
    }

    internal sealed record Pictures(int Decoded, int Freezes, int Lost, int Width, int Height);

    internal sealed record Glance(double Gap, double Level, double Mouth, double Top);
}
