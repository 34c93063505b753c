using System.Globalization;
using Holdfast.AspNetCore.Http;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.LiveTalking.Http;

/// <summary>Who can be seen, in LiveTalking's words.</summary>
internal static class AvatarEndpoints
{
    private const int MaxPageSize = 100;

    public static void MapAvatars(this RouteGroupBuilder routes)
    {
        routes.MapGet("/api/avatars", List).WithMetadata(new SharedAddress(static request => request.Query.ContainsKey("page") || request.Query.ContainsKey("page_size")));
        routes.MapGet("/api/avatars/{id}/preview", Preview);
        routes.MapMethods("/api/sessions/{sid}/avatar", ["PATCH", "POST"], AdjustAsync);
        routes.MapPost("/api/avatar/task", NotMade);
        routes.MapGet("/api/avatar/tasks", static () => Answer.Json(new { code = 0, msg = "ok", data = new { tasks = Array.Empty<string>() } }));
        routes.MapGet("/api/avatar/task/{id}", NoTask);
        routes.MapDelete("/api/avatar/task/{id}", NoTask);
    }

    private static IResult List(IShowFactory factory, HttpContext http)
    {
        var page = NumberIn(http, "page", 1, int.MaxValue);
        var size = NumberIn(http, "page_size", 20, MaxPageSize);
        var avatars = factory.Shows.Skip((int)Math.Min(((long)page - 1) * size, int.MaxValue)).Take(size).Select(show => new
        {
            avatar_id = show.Name,
            created_at = (string?)null,
            frames = 0,
            preview = http.UrlOf($"/api/avatars/{Uri.EscapeDataString(show.Name)}/preview"),
            status = "completed",
            name = show.DisplayName.GetValueOrDefault(Languages.IsEnglish(http.Request) ? "en" : "zh-CN", show.Name),
        });
        return Answer.Json(new { avatars, total = factory.Shows.Count, page, page_size = size });
    }

    /// <summary>A name is compared with those there are, and is never a file's.</summary>
    private static IResult Preview(string id, IShowFactory factory) =>
        factory.Shows.Any(show => string.Equals(show.Name, id, StringComparison.Ordinal)) && factory.Preview(id) is { Length: > 0 } png
            ? Results.Bytes(png, "image/png")
            : new Failure(StatusCodes.Status404NotFound, "没有这个形象", "There is no such avatar.");

    private static async Task<IResult> AdjustAsync(string sid, HttpContext http, SessionFinder finder)
    {
        var (members, failure) = await RequestMembers.ReadAsync(http);
        if (members is null)
        {
            return failure!;
        }

        var (session, missing) = await finder.FindAsync(http, SessionId.TryParse(sid, CultureInfo.InvariantCulture, out var id) ? id : null);
        if (session is null)
        {
            return missing!;
        }

        var previous = session.ShowName;
        var avatar = members.TextOrNumber("avatar_id") ?? "";
        return session.Adjust(new ShowAdjustment { Name = avatar }) switch
        {
            AdjustOutcome.Adjusted => Answer.Json(new
            {
                code = 0,
                msg = "ok",
                ok = true,
                session_id = session.Id.Value,
                avatar_id = avatar,
                previous,
                current = session.ShowName,
            }),
            AdjustOutcome.NotAdjustable => new Failure(StatusCodes.Status409Conflict, "当前会话不能更换形象", "What this session shows cannot be changed while it runs."),
            AdjustOutcome.UnknownShow or AdjustOutcome.UnknownVoice =>
                new Failure(StatusCodes.Status404NotFound, "没有这个形象", "There is no such avatar."),
        };
    }

    private static Failure NotMade() => Failure.NotHere(
        "本服务器不能从视频生成形象", "This server does not make avatars from video.");

    private static Failure NoTask(string id) => new(StatusCodes.Status404NotFound, "没有这个任务", "There is no such task.");

    private static int NumberIn(HttpContext http, string name, int usual, int most) =>
        int.TryParse(http.Request.Query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? Math.Min(number, most)
            : usual;
}
