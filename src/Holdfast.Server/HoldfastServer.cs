using System.Text.Json.Serialization;
using Holdfast.AspNetCore;
using Holdfast.LiveTalking;
using Holdfast.Server.Pages;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Scalar.AspNetCore;

namespace Holdfast.Server;

/// <summary>The app: the avatar, the session API, the page.</summary>
public static partial class HoldfastServer
{
    /// <summary>Builds the app, not yet started.</summary>
    /// <param name="args">Command-line arguments, which go before appsettings.json and the environment.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = CreateBuilder(args);
        var withoutEffect = HostSettings.Check(builder, args);
        builder.AddTelemetry();
        var app = builder.Build();
        foreach (var sentence in withoutEffect)
        {
            LogWithoutEffect(app.Logger, sentence);
        }

        app.UseHoldfastProxy();
        app.UseHoldfastProblems();
        app.UseRouting();
        app.UseTracing();
        app.UseAccess();
        app.UsePageSecurity();
        app.UseWebSockets();
        app.UseLiveTalkingPages();
        app.UseMiddleware<PageBundleMiddleware>();
        app.UseDefaultFiles();
        app.UseStaticFiles(PageFiles.Options);
        app.MapHoldfast().RequireAccess();
        app.MapMetrics();
        app.MapLiveTalking().RequireAccess();
        app.MapOpenApi("/openapi/{documentName:regex(^v1$)}.json");
        if (app.Environment.IsDevelopment())
        {
            app.MapScalarApiReference("/docs", ConfigureDocs);
        }

        return app;
    }

    /// <summary>Everything that the app is made of, and what it is set to.</summary>
    internal static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // The pages and settings lie beside the program, from wherever it is started.
            ContentRootPath = AppContext.BaseDirectory,
        });

        // A start that fails is told in one line at the end (StartFailure), not as a stack trace before it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddHoldfast().AddAvatar().AddDialogue().AddAccess().AddLiveTalking();
        builder.Services.AddHoldfastApiDescription();
        builder.Services.AddTelemetrySettings();
        TicketFreeServer.AddTo(builder.Services);
        LeaveOutUnusedKeys(builder.Services);

        // Numbers are numbers: the API reads them in no other way, and its description says so.
        builder.Services.ConfigureHttpJsonOptions(static options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        return builder;
    }

    /// <summary>
    /// ASP.NET Core's authentication brings keys for cookies, makes some at every first start, and warns where it has no place for them. Nothing here is
    /// protected with them: what is kept has keys of its own beside the store. Whoever asked for them after all would still get them, and the warning.
    /// </summary>
    private static void LeaveOutUnusedKeys(IServiceCollection services)
    {
        foreach (var made in services.Where(static service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly).ToList())
        {
            services.Remove(made);
        }
    }

    /// <summary>The description is the server's own: nothing of it is fetched from, or told to, anybody else.</summary>
    private static void ConfigureDocs(ScalarOptions options)
    {
        options.WithTitle("Holdfast").DisableDefaultFonts().DisableAgent();
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        options.Telemetry = false;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Sentence}")]
    private static partial void LogWithoutEffect(ILogger logger, string sentence);
}
