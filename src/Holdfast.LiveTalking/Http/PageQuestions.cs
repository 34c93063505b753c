using System.Text;
using Holdfast.AspNetCore.Talking;
using Holdfast.Dialogue;
using Holdfast.Speech;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking.Http;

/// <summary>What the old pages also ask for when they load.</summary>
internal static class PageQuestions
{
    private const int MaxQueryLength = 4_000;

    /// <param name="routes">The API's routes.</param>
    /// <param name="starts">Receives what costs as much as starting a session.</param>
    public static void MapPageQuestions(this RouteGroupBuilder routes, ICollection<IEndpointConventionBuilder> starts)
    {
        routes.MapGet("/config/get", static (HttpContext http) => Answer.Json(new
        {
            use_rag = false,
            current_kb = "",
            system_prompt = http.RequestServices.GetService<IOptions<DialogueOptions>>()?.Value.Instructions ?? "",
        }));
        routes.MapPost("/config/prompt", static () => Failure.NotHere(
            "提示词由服务器设置 Holdfast:Dialogue:Instructions 决定，页面不能修改",
            "What the model is told is the server's setting Holdfast:Dialogue:Instructions; a page cannot change it for everybody."));
        routes.MapGet("/kb/list", static () => Answer.Json(new { knowledge_bases = Array.Empty<string>() }));
        routes.MapMethods("/kb/{**rest}", ["POST", "PUT", "PATCH", "DELETE"], static () => Failure.NotHere(
            "本服务器没有知识库；可以通过工具（MCP）接入", "This server has no knowledge bases; tools (MCP) can bring one in."));
        routes.MapGet("/fishtts/voices", static () => Answer.Json(new { voices = Array.Empty<string>() }));
        routes.MapMethods("/fishtts/{**rest}", ["POST", "PUT", "PATCH", "DELETE"], static () => Failure.NotHere(
            "本服务器不支持克隆语音", "This server does not clone voices."));
        routes.MapGet("/llm/providers", Providers);
        routes.MapPost("/llm/switch", SwitchAsync);
        starts.Add(routes.MapPost("/llm/test", (Delegate)TestAsync));
    }

    private static IResult Providers(HttpContext http)
    {
        var models = http.RequestServices.GetService<IModelDirectory>();
        var current = models?.Find(null)?.Description;
        return Answer.Json(new
        {
            current_provider = current?.Name ?? "",
            available_providers = models?.Models.Select(static model => model.Name).ToArray() ?? [],
            client_info = new { model = current?.DisplayName ?? "" },
        });
    }

    /// <summary>Another model for one session; where none is named, for those of this browser. Never for everybody.</summary>
    private static async Task<IResult> SwitchAsync(HttpContext http, SessionFinder finder)
    {
        var (members, failure) = await RequestMembers.ReadAsync(http);
        if (members is null)
        {
            return failure!;
        }

        if (http.RequestServices.GetService<IModelDirectory>() is not { } models)
        {
            return Failure.NoConversation;
        }

        var name = members.Text("provider");
        if (name is null || models.Find(name) is not { } model)
        {
            return Failure.Bad($"没有名为 {name} 的模型", $"There is no model called {name}.");
        }

        var sessions = finder.OwnedBy(http).ToArray();
        if (members.Has("sessionid"))
        {
            var (session, missing) = await finder.FindAsync(http, members.Session);
            if (session is null)
            {
                return missing!;
            }

            sessions = [session];
        }

        if (sessions.Length == 0)
        {
            return Failure.NoId;
        }

        foreach (var conversation in sessions.Select(static session => session.Companion).OfType<SessionConversation>())
        {
            await conversation.Conversation.ChooseModelAsync(name);
        }

        return Answer.Json(new { code = 0, msg = "ok", success = true, current_provider = name, client_info = new { model = model.Description.DisplayName } });
    }

    /// <summary>Asks a model once, outside of any conversation.</summary>
    private static async Task<IResult> TestAsync(HttpContext http)
    {
        var (members, failure) = await RequestMembers.ReadAsync(http);
        if (members is null)
        {
            return failure!;
        }

        if (http.RequestServices.GetService<IModelDirectory>()?.Find(members.Text("provider")) is not { } model)
        {
            return Failure.NoConversation;
        }

        var query = members.Text("query") ?? members.Text("text") ?? "";
        if (string.IsNullOrWhiteSpace(query) || query.Length > MaxQueryLength)
        {
            return Failure.Bad("缺少 query", "The member query must be a text.");
        }

        var (response, success) = ("", true);
        try
        {
            var timeout = http.RequestServices.GetRequiredService<IOptions<DialogueOptions>>().Value.ModelTimeout;
            using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            using var alarm = Alarm.Set(late, timeout, TimeProvider.System);
            var answer = new StringBuilder();
            await foreach (var update in model.Client.GetStreamingResponseAsync(query, cancellationToken: late.Token))
            {
                answer.Append(update.Text);
            }

            response = answer.ToString();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !http.RequestAborted.IsCancellationRequested)
        {
            // What exactly went wrong may hold the service's secrets: it is not told.
            success = false;
        }

        return Answer.Json(new { code = success ? 0 : -1, provider = model.Description.Name, query, response, success });
    }
}
