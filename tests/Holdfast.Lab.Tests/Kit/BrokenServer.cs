using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Lab.Tests.Kit;

/// <summary>Stands before a real server and answers some requests otherwise: what a broken deployment does.</summary>
internal sealed class BrokenServer(Func<HttpRequestMessage, HttpResponseMessage?> instead) : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>Changes what the body of a request says before it is passed on; null: nothing.</summary>
    public Func<HttpRequestMessage, Action<JsonObject>?> Request { get; init; } = _ => null;

    /// <summary>Changes what the server's answer says; null: nothing.</summary>
    public Func<HttpRequestMessage, Action<JsonObject>?> Answer { get; init; } = _ => null;

    public static bool Is(HttpRequestMessage request, HttpMethod method, string ending) =>
        request.Method == method && request.RequestUri!.AbsolutePath.EndsWith(ending, StringComparison.Ordinal);

    public static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (instead(request) is { } answer)
        {
            answer.RequestMessage = request;
            return answer;
        }

        if (Request(request) is { } changeRequest)
        {
            var body = (await request.Content!.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
            changeRequest(body);
            request.Content = JsonContent.Create(body);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && Answer(request) is { } change)
        {
            var body = (await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
            change(body);
            response.Content = JsonContent.Create(body);
        }

        return response;
    }
}
