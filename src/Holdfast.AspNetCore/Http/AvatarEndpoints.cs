using Holdfast.Media;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Holdfast.AspNetCore.Http;

/// <summary>Who can be seen: <c>/api/avatars</c>.</summary>
internal static class AvatarEndpoints
{
    private const string WebP = "image/webp";

    public static RouteGroupBuilder MapAvatarEndpoints(this IEndpointRouteBuilder routes)
    {
        var avatars = routes.MapGroup("/api/avatars").WithTags("Avatars");
        avatars.MapGet("/", List).WithName("ListAvatars").WithSummary("Lists who can be seen.");
        avatars.MapGet("/{name}/preview.png", Preview)
            .WithName("GetAvatarPreview")
            .WithSummary("A still picture of an avatar.")
            .Produces(StatusCodes.Status200OK, contentType: "image/png", additionalContentTypes: ["image/webp"])
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/api/voices", ListVoices).WithTags("Avatars").WithName("ListVoices").WithSummary("Lists who can be heard.");
        return avatars;
    }

    private static Ok<AvatarList> List(IShowFactory factory, HttpContext http) => TypedResults.Ok(
        new AvatarList(
            [.. factory.Shows.Select(show => new AvatarView(show.Name, show.DisplayName, http.UrlOf($"/api/avatars/{Uri.EscapeDataString(show.Name)}/preview.png"), [.. show.Actions.Select(static action => action.Name)]))],
            factory.Shows[0].Name));

    private static Ok<VoiceList> ListVoices(IShowFactory factory) =>
        TypedResults.Ok(new VoiceList([.. factory.Voices.Select(voice => new VoiceView(voice.Id, voice.Engine, voice.Languages))]));

    private static Results<FileContentHttpResult, ProblemHttpResult> Preview(string name, string? size, IShowFactory factory, HttpContext http)
    {
        if (!factory.Shows.Any(show => string.Equals(show.Name, name, StringComparison.Ordinal))
            || factory.Preview(name) is not { Length: > 0 } png)
        {
            return Problems.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=3600";
        http.Response.Headers.Vary = HeaderNames.Accept;
        if (http.Request.Headers.Accept.ToString().Contains(WebP, StringComparison.OrdinalIgnoreCase))
        {
            var thumbnail = size is "small" ? factory.PreviewThumbnail(name) : default;
            var webP = thumbnail.IsEmpty ? factory.PreviewWebP(name) : thumbnail;
            if (!webP.IsEmpty)
            {
                return TypedResults.Bytes(webP, WebP);
            }
        }

        return TypedResults.Bytes(png, "image/png");
    }
}
