using Holdfast.AspNetCore.Talking;
using Holdfast.Speech;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.LiveTalking.Http;

/// <summary>Recordings that are spoken, and recordings that are understood.</summary>
internal static class HearingEndpoints
{
    /// <param name="routes">The API's routes.</param>
    /// <param name="starts">Receives what costs as much as starting a session: a recogniser works for whoever asks, without any session.</param>
    public static void MapHearing(this RouteGroupBuilder routes, ICollection<IEndpointConventionBuilder> starts)
    {
        routes.MapPost("/humanaudio", (Delegate)SpeakAsync).DisableAntiforgery();
        routes.MapPost("/audio_chat", (Delegate)AskAsync).DisableAntiforgery();
        starts.Add(routes.MapGet("/api/asr", (Delegate)RecogniseAsync));
    }

    private static async Task<IResult> SpeakAsync(HttpContext http)
    {
        var (upload, failure) = await UploadedSound.ReadAsync(http);
        return upload is null ? failure!
            : TalkingEndpoints.Told(await TalkingEndpoints.OnceConnectedAsync(() => Task.FromResult(upload.Session.Play(upload.Sound))));
    }

    private static async Task<IResult> AskAsync(HttpContext http)
    {
        if (Recogniser.Of(http) is not { } recogniser)
        {
            return Failure.NoRecogniser;
        }

        var (upload, failure) = await UploadedSound.ReadAsync(http);
        if (upload is null)
        {
            return failure!;
        }

        string text;
        try
        {
            text = await recogniser.RecogniseAsync(upload.Sound, (upload.Session.Companion as SessionConversation)?.Language, http.RequestAborted);
        }
        catch (RecognitionException)
        {
            return Failure.NotRecognised;
        }

        return string.IsNullOrWhiteSpace(text)
            ? Failure.Bad("没有听清，请再说一遍", "Nothing was understood of this; please say it again.")
            : await TalkingEndpoints.AskAsync(
                upload.Session, text, upload.Form["interrupt"].ToString() is "true" or "1", asked: text, isStreamed: true);
    }

    private static async Task<IResult> RecogniseAsync(HttpContext http)
    {
        if (Recogniser.Of(http) is not { } recogniser)
        {
            return Failure.NoRecogniser;
        }

        if (!http.WebSockets.IsWebSocketRequest)
        {
            return Failure.Bad("这里需要 WebSocket 连接", "A WebSocket is needed here.");
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await new FunAsrConversation(socket, recogniser).RunAsync(http.RequestAborted);
        return Results.Empty;
    }
}
