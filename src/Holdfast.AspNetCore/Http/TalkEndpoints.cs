using System.Diagnostics;
using Holdfast.AspNetCore.Talking;
using Holdfast.Dialogue;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.AspNetCore.Http;

/// <summary>What the session API has for conversations.</summary>
internal static class TalkEndpoints
{
    public static void MapModelEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/models", GetModels).WithTags("Server").WithName("GetModels").WithSummary("The models that can be asked; empty where this server holds no conversations.");

    public static ConversationView? ViewOf(Session session) => session.Companion is SessionConversation { Conversation.Snapshot: var now } talk
        ? new ConversationView(Words.Of(now.Phase), now.Turn, now.Model, now.IsOffline, now.Waiting, MicrophoneEndpoints.ViewOf(talk))
        : null;

    /// <summary>Asks the model, in the session's conversation.</summary>
    public static async Task<Results<Accepted<SayAccepted>, Ok<SayAccepted>, Accepted<QuestionAccepted>, Ok<QuestionAccepted>, ProblemHttpResult>> AskAsync(
        HttpContext http, SessionKeeper keeper, Session session, SayBody body)
    {
        if (session.Companion is not SessionConversation conversation)
        {
            return Problems.NoConversation();
        }

        var outcome = await conversation.AskAsync(body.Text!, body.Key, body.Interrupt is true);
        if (outcome is SayOutcome.Accepted or SayOutcome.Repeated)
        {
            await keeper.KeepAsync(session);
        }

        return outcome switch
        {
            SayOutcome.Accepted(var id) => TypedResults.Accepted((string?)null, new QuestionAccepted(id)),
            SayOutcome.Repeated(var id) => TypedResults.Ok(new QuestionAccepted(id)),
            SayOutcome.KeyTaken => Problems.KeyTaken(),
            SayOutcome.NotConnected(var state) => Problems.NotPossible(session, state),
            SayOutcome.Stopping => Problems.Stopping(http),
            SayOutcome.TooMuch => Problems.TooMuchToSay(),
            _ => throw new UnreachableException(),
        };
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> ChooseModel(HttpContext http, CancellationToken cancellationToken)
    {
        var body = RequestBody.Of<ModelBody>(http);
        if (OwnerFilter.Of(http).Companion is not SessionConversation { Conversation: var conversation })
        {
            return Problems.NoConversation();
        }

        return await conversation.ChooseModelAsync(body.Model).WaitAsync(cancellationToken)
            ? TypedResults.NoContent()
            : Problems.UnknownModel(body.Model!, http.RequestServices.GetRequiredService<IModelDirectory>().Models.Select(static model => model.Name));
    }

    private static Ok<ModelList> GetModels(HttpContext http)
    {
        var models = http.RequestServices.GetService<IModelDirectory>()?.Models ?? [];
        return TypedResults.Ok(new ModelList(
            [.. models.Select(static model => new ModelView(model.Name, model.DisplayName, model.IsOffline))], models.Count > 0 ? models[0].Name : ""));
    }
}
