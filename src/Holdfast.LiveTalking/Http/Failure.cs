using System.Globalization;
using Holdfast.AspNetCore.Http;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Holdfast.LiveTalking.Http;

/// <summary>An error in both shapes that LiveTalking's clients look for, with a fitting status.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Chinese">What went wrong, in the language of most of these clients.</param>
/// <param name="English">The same, for whoever asks for English.</param>
internal sealed record Failure(int Status, string Chinese, string English) : IResult
{
    /// <summary>Seconds until it is worth asking again.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Where the same call is to be sent.</summary>
    public string? Location { get; init; }

    /// <summary>These programs know of no other server: they are sent there as HTTP sends anybody, and repeat the call with its body.</summary>
    public static Failure Elsewhere(Uri address, HttpRequest request) => new(
        StatusCodes.Status307TemporaryRedirect, "会话在另一台服务器上", "Another server has the session.")
    { Location = SessionWhereabouts.KeyOf(address) + request.Path.ToUriComponent() + request.QueryString.ToUriComponent() };

    public static Failure NoId { get; } = new(StatusCodes.Status400BadRequest, "需要有效的 sessionid", "A valid sessionid is needed.");

    public static Failure NoSession { get; } = new(StatusCodes.Status404NotFound, "会话不存在或已过期", "The session does not exist, or has expired.");

    public static Failure TooManyGuesses { get; } = new(
        StatusCodes.Status429TooManyRequests, "无效的 sessionid 过多，请稍后再试", "Too many unknown session ids were sent; try again in a minute.")
    { RetryAfter = 60 };

    public static Failure Stopping { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "服务器正在重启，请稍后再试", "The server is stopping. Ask again when it is back.")
    { RetryAfter = 5 };

    public static Failure TooMuchToSay { get; } = new(
        StatusCodes.Status429TooManyRequests, "待播报的内容过多，请稍后再试或先打断", "So much is waiting to be said that this was refused. Wait, or interrupt.")
    { RetryAfter = 5 };

    public static Failure NoConversation { get; } = NotHere("本服务器没有开启对话功能", "This server holds no conversations.");

    public static Failure NoRecogniser { get; } = NotHere("本服务器没有配置语音识别", "This server has no speech recognition.");

    public static Failure NotRecognised { get; } = new(
        StatusCodes.Status502BadGateway, "语音识别失败，请再说一遍", "This could not be recognised. Please say it again.");

    public static Failure NotHere(string chinese, string english) => new(StatusCodes.Status501NotImplemented, chinese, english);

    public static Failure Bad(string chinese, string english) => new(StatusCodes.Status400BadRequest, chinese, english);

    /// <summary>Nothing can be said in a session that is in this state.</summary>
    public static Failure NotConnected(SessionState state) => state is SessionState.Expired or SessionState.Closed
        ? NoSession
        : new(StatusCodes.Status409Conflict, "会话尚未连接", "The session is not connected yet.");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var text = Languages.IsEnglish(httpContext.Request) ? English : Chinese;
        httpContext.Response.StatusCode = Status;
        if (RetryAfter is { } seconds)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (Location is not null)
        {
            httpContext.Response.Headers.Location = Location;
        }

        var members = new Dictionary<string, object>(StringComparer.Ordinal) { ["code"] = -1, ["msg"] = text, ["error"] = text };
        if (httpContext.GetEndpoint()?.Metadata.GetMetadata<FailureDialect>() is { NamesSession: true })
        {
            members["sessionid"] = 0;
        }

        await Answer.Json(members).ExecuteAsync(httpContext).ConfigureAwait(false);
    }
}

/// <summary>What somebody in front of the endpoints noticed (login, limits, a failure inside), in the shapes of this API.</summary>
internal sealed class FailureDialect(bool namesSession) : IProblemDialect
{
    /// <summary>Whether each error names session 0: pages that look at <c>sessionid</c> alone take any other for success.</summary>
    public bool NamesSession => namesSession;

    public IResult Translate(ProblemHttpResult problem, HttpContext http)
    {
        var english = problem.ProblemDetails.Detail ?? problem.ProblemDetails.Title ?? "";
        var chinese = problem.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => "需要身份验证才能使用",
            StatusCodes.Status403Forbidden => "没有权限",
            StatusCodes.Status408RequestTimeout => "请求太慢，已放弃",
            StatusCodes.Status413PayloadTooLarge => "请求内容过大",
            StatusCodes.Status429TooManyRequests => "请求过于频繁，请稍后再试",
            >= 500 => "服务器内部错误",
            _ => "请求无效",
        };
        return new Failure(problem.StatusCode, chinese, english);
    }
}

/// <summary>In which language a client is told what went wrong: Chinese, unless it prefers another.</summary>
internal static class Languages
{
    public static bool IsEnglish(HttpRequest request) =>
        request.Headers.AcceptLanguage.Count > 0 && !string.Equals(request.Headers.AcceptLanguage.ToString(), "*", StringComparison.Ordinal)
        && Sentences.LanguageOf(request) == Language.English;
}
