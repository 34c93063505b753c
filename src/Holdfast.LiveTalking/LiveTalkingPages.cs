using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking;

/// <summary>Serves pages that were written for LiveTalking from a folder of the operator's.</summary>
public static class LiveTalkingPages
{
    /// <summary>
    /// Serves the files in <see cref="LiveTalkingOptions.PagesPath"/>, at the root and before the app's own, where one is set. Such pages have scripts in their
    /// HTML and from elsewhere, so that what keeps the app's own pages to themselves (Content-Security-Policy) is not put on them. Call it before <c>UseStaticFiles</c>.
    /// </summary>
    public static IApplicationBuilder UseLiveTalkingPages(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.ApplicationServices.GetRequiredService<IOptions<LiveTalkingOptions>>().Value;
        return options is not { Enabled: true, PagesPath: { Length: > 0 } path }
            ? app
            : app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(Path.GetFullPath(path)),
                OnPrepareResponse = static served =>
                {
                    served.Context.Response.Headers.Remove("Content-Security-Policy");
                    served.Context.Response.Headers.CacheControl = "no-cache";
                },
            });
    }
}

/// <summary>A folder that is named must be there: pages that are missing are otherwise noticed by visitors only.</summary>
internal sealed class LiveTalkingOptionsValidator : IValidateOptions<LiveTalkingOptions>
{
    public ValidateOptionsResult Validate(string? name, LiveTalkingOptions options) =>
        options.PagesPath is { Length: > 0 } path && !Directory.Exists(path)
            ? ValidateOptionsResult.Fail($"{LiveTalkingOptions.Section}:{nameof(options.PagesPath)} must be a folder; there is none at '{path}'.")
            : ValidateOptionsResult.Success;
}
