using Holdfast.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// Gives every failure that no endpoint answered for, an exception or a bare status, Holdfast's own words; and puts on every answer
/// of the API the header by which it is known to be Holdfast's.
/// </summary>
internal sealed partial class ProblemMiddleware
{
    /// <summary>On every answer under <c>/api</c>, errors among them: what stands between does not say it.</summary>
    public const string ApiHeader = "Holdfast-Api";

    /// <summary>The version of the API.</summary>
    public const string ApiVersion = "1";

    private const int ClientIsGone = StatusCodes.Status499ClientClosedRequest;

    private readonly RequestDelegate _next;
    private readonly ILogger<ProblemMiddleware> _logger;

    public ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
    {
        _next = next;
        _logger = logger;
    }

    public async Task InvokeAsync(HttpContext http)
    {
        var response = http.Response;
        if (http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            response.Headers[ApiHeader] = ApiVersion;

            // Without it a 404 or 410 may be kept by anybody (RFC 9111, 4.2.2). An endpoint that knows better says so.
            response.Headers.CacheControl = "no-store";
        }

        try
        {
            await _next(http);
        }
        catch (Exception exception) when (http.RequestAborted.IsCancellationRequested || exception is ConnectionResetException or ConnectionAbortedException)
        {
            // Nobody is there to be told. A reading that breaks off may say so before the request does.
            LogGone(exception, http.Request.Method, http.Request.Path);
            if (!response.HasStarted)
            {
                response.StatusCode = ClientIsGone;
            }

            // Else the web server tries to read the rest of the body, of which there is none, and logs that as an error.
            http.Abort();
            return;
        }
        catch (BadHttpRequestException exception) when (!response.HasStarted)
        {
            await AnswerAsync(http, Problems.Of(exception.StatusCode, http) ?? Problems.BadRequest("The request could not be read."));
            return;
        }
        catch (Exception exception) when (!response.HasStarted)
        {
            LogUnforeseen(exception, http);
            await AnswerAsync(http, Problems.Internal());
            return;
        }

        if (IsBare(response) && Problems.Of(response.StatusCode, http) is { } problem)
        {
            await Told(problem, http).ExecuteAsync(http);
        }
    }

    private static IResult Told(ProblemHttpResult problem, HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<IProblemDialect>()?.Translate(problem, http) ?? problem;

    private static bool IsBare(HttpResponse response) =>
        !response.HasStarted && response.StatusCode >= 400 && response.ContentLength is null && string.IsNullOrEmpty(response.ContentType);

    /// <summary>In place of what was begun: only what was said of that answer is taken back.</summary>
    private static Task AnswerAsync(HttpContext http, ProblemHttpResult problem)
    {
        var headers = http.Response.Headers;
        foreach (var name in (ReadOnlySpan<string>)[HeaderNames.ContentType, HeaderNames.ContentLength, HeaderNames.ContentEncoding, HeaderNames.ETag, HeaderNames.LastModified, HeaderNames.Location])
        {
            headers.Remove(name);
        }

        headers.CacheControl = "no-store";
        return Told(problem, http).ExecuteAsync(http);
    }

    private void LogUnforeseen(Exception exception, HttpContext http)
    {
        if (RequestSession.Of(http) is { } session)
        {
            LogUnforeseen(exception, session.Id, http.Request.Method, http.Request.Path);
        }
        else
        {
            LogUnforeseen(exception, http.Request.Method, http.Request.Path);
        }
    }

    [LoggerMessage(3, LogLevel.Error, "Session {SessionId}: {Method} {Path} failed in a way that nobody foresaw")]
    private partial void LogUnforeseen(Exception exception, SessionId sessionId, string method, PathString path);

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed in a way that nobody foresaw")]
    private partial void LogUnforeseen(Exception exception, string method, PathString path);

    [LoggerMessage(2, LogLevel.Debug, "{Method} {Path}: its client went away")]
    private partial void LogGone(Exception exception, string method, PathString path);
}
