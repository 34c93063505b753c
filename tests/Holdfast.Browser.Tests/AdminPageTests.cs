using System.Net.Http.Json;
using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The operator's page in real Chromium, with sessions that live: who is in trouble comes first, and what is pressed is done.</summary>
public sealed class AdminPageTests(Stage stage) : IAsyncLifetime
{
    private const string Key = "operator-key-0123456789abcdef";

    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync("--Holdfast:Access:Keys:boss:Key=" + Key, "--Holdfast:Access:Keys:boss:Role=Operator");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Sessions_are_shown_as_they_are_and_what_is_pressed_is_done()
    {
        await using var person = await Visit.OpenAsync(stage, address: _server.Address);
        await person.ConnectAsync();
        await BeginAsync("kai", "lobby screen");
        await BeginAsync("lin", "night stream");

        await using var visit = await Visit.OpenAsync(stage, address: new Uri(_server.Address, "admin.html"));
        await SignInAsync(visit, "not-the-key-0123456789abcdef");
        await visit.WithinAsync(10, "probe.until(() => document.getElementById('key-error').textContent.length > 0 && !document.getElementById('key-error').hidden)");
        await SignInAsync(visit, Key);
        await visit.WithinAsync(20, "probe.until(() => document.querySelectorAll('.one').length === 3 && document.querySelectorAll('.figure polyline')[0].getAttribute('points').split(' ').length > 3)");

        // What its line carries, and what is really sent along it.
        await visit.WithinAsync(20, "probe.until(() => [...document.querySelectorAll('.cell-line')].some(one => /^[0-9.]+ [kM]b.s实发 [0-9.]+ [kM]b.s$/.test(one.textContent)))");

        // What the operator has it say is heard in the person's session, and told in its timeline.
        var mine = visit.Page.Locator(".one", new PageLocatorOptions { HasText = (await person.SessionIdAsync()).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        await mine.Locator(".row").ClickAsync();
        await mine.Locator("input").FillAsync("One, two, three, four.");
        await mine.Locator("input").PressAsync("Enter");
        await visit.WithinAsync(20, "probe.until(() => document.querySelector('.timeline')?.textContent.includes('One, two, three, four.') && document.querySelector('.speaking'))");

        // Cut and kept: it is in trouble now, and comes first. The person's page says so too.
        await mine.Locator(".plain:not(.danger)").ClickAsync();
        await visit.WithinAsync(20, "probe.until(() => document.activeElement?.blur() || (document.querySelector('.one').dataset.trouble === '2' && document.querySelector('.one .timeline li[data-tone=bad]')))");
        await visit.PictureAsync("admin");

        // The end is asked for twice.
        await mine.Locator(".danger").ClickAsync();
        await mine.Locator(".danger").ClickAsync();
        await visit.WithinAsync(20, "probe.until(() => document.querySelectorAll('.one').length === 2)");
    }

    [Fact]
    public async Task In_English_in_the_dark_and_on_a_phone_it_is_whole()
    {
        await BeginAsync("kai", "lobby screen");
        await using var visit = await Visit.OpenAsync(stage, "en-GB", ColorScheme.Dark, 390, 844, new Uri(_server.Address, "admin.html"));
        await SignInAsync(visit, Key);
        await visit.WithinAsync(20, "probe.until(() => document.querySelectorAll('.one').length === 1)");
        await visit.Page.Locator(".row").ClickAsync();
        await visit.WithinAsync(10, "probe.until(() => document.querySelector('.timeline li'))");
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        Assert.Contains("No viewer", await visit.Page.Locator(".one").TextContentAsync(), StringComparison.Ordinal);
        await visit.PictureAsync("admin-phone");
        await visit.NothingWentWrongAsync();
    }

    private static async Task SignInAsync(Visit visit, string key)
    {
        await visit.Page.Locator("#key").FillAsync(key);
        await visit.Page.Locator("#key").PressAsync("Enter");
    }

    private async Task BeginAsync(string avatar, string tags)
    {
        using var response = await stage.Http.PostAsJsonAsync(new Uri(_server.Address, "api/sessions"), new { avatar, tags, staysAlive = true }, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
