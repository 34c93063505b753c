using Holdfast.AspNetCore;
using Holdfast.Avatar;
using Scalar.AspNetCore;

namespace Holdfast.Server;

/// <summary>The app: the avatar, the session API, the page.</summary>
public static class HoldfastServer
{
    /// <summary>Builds the app, not yet started.</summary>
    /// <param name="args">Command-line arguments, which go before appsettings.json and the environment.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // The pages and settings lie beside the program, from wherever it is started.
            ContentRootPath = AppContext.BaseDirectory,
        });

        // A start that fails is told in one line at the end (StartFailure), not as a stack trace before it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddHoldfast();
        builder.Services.AddHoldfastAvatar();
        builder.Services.AddHoldfastApiDescription();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UsePageSecurity();
        app.UseDefaultFiles();
        app.UseStaticFiles(PageFiles.Options);
        app.MapHoldfast();
        app.MapOpenApi();
        if (app.Environment.IsDevelopment())
        {
            app.MapScalarApiReference("/docs", ConfigureDocs);
        }

        return app;
    }

    /// <summary>The description is the server's own: nothing of it is fetched from, or told to, anybody else.</summary>
    private static void ConfigureDocs(ScalarOptions options)
    {
        options.WithTitle("Holdfast").DisableDefaultFonts().DisableAgent();
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        options.Telemetry = false;
    }
}
