using System.Net;
using Holdfast.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Server.Tests.Embedding;

/// <summary>Holdfast within somebody else's app.</summary>
public sealed class EmbeddingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_may_be_added_twice()
    {
        var builder = NewApp();
        builder.Services.AddHoldfast(static options => options.MaxSessions = 5).AddAvatar().AddDialogue().AddAccess();
        builder.Services.AddHoldfast(static options => options.GraceSeconds = 7).AddAvatar().AddDialogue().AddAccess();
        await using var app = builder.Build();
        app.UseRouting();
        app.UseAccess();
        app.MapHoldfast().RequireAccess();
        await app.StartAsync(Cancel);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", Cancel)).StatusCode);
        var options = app.Services.GetRequiredService<IOptions<HoldfastOptions>>().Value;
        Assert.Equal((5, 7), (options.MaxSessions, options.GraceSeconds));
        Assert.Equal(3, builder.Services.Count(static service => service.ServiceType == typeof(IHostedService) && service.IsHoldfasts()));
    }

    [Fact]
    public async Task What_the_app_says_in_code_goes_before_what_is_configured()
    {
        var builder = NewApp("--Holdfast:GraceSeconds=9", "--Holdfast:MaxSessions=9");
        builder.Services.AddHoldfast(static options => options.GraceSeconds = 7).AddAvatar();
        await using var app = builder.Build();
        var options = app.Services.GetRequiredService<IOptions<HoldfastOptions>>().Value;
        Assert.Equal((7, 9), (options.GraceSeconds, options.MaxSessions));
    }

    [Fact]
    public async Task An_app_with_nothing_to_show_is_told_so_in_one_sentence()
    {
        var builder = NewApp();
        builder.Services.AddHoldfast();
        await using var app = builder.Build();
        app.MapHoldfast();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(Cancel));
        Assert.StartsWith("Holdfast has nothing to show: add the avatar", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_added_is_named_in_one_sentence()
    {
        await using var app = NewApp().Build();
        Assert.Equal("MapHoldfast needs builder.Services.AddHoldfast() before the app is built.", Assert.Throws<InvalidOperationException>(() => app.MapHoldfast()).Message);
        Assert.Equal("UseAccess needs builder.Services.AddHoldfast().AddAccess() before the app is built.", Assert.Throws<InvalidOperationException>(() => app.UseAccess()).Message);

        var builder = NewApp();
        builder.Services.AddHoldfast().AddAvatar();
        await using var open = builder.Build();
        Assert.Equal(
            "RequireAccess needs builder.Services.AddHoldfast().AddAccess() before the app is built.",
            Assert.Throws<InvalidOperationException>(() => open.MapHoldfast().RequireAccess()).Message);
    }

    internal static WebApplicationBuilder NewApp(params string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(["--Holdfast:Rtc:Port=0", "--Holdfast:Avatar:PictureSize=128", .. arguments]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder;
    }
}

file static class Services
{
    public static bool IsHoldfasts(this ServiceDescriptor service) =>
        (service.ImplementationType ?? service.ImplementationFactory?.Method.DeclaringType)?.Assembly.GetName().Name?.StartsWith("Holdfast.", StringComparison.Ordinal) is true;
}
