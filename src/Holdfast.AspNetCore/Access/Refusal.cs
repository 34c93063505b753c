using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore.Access;

/// <summary>Why a request is refused, known where the status is set by somebody else (authorization, authentication).</summary>
internal sealed record Refusal(string Sentence)
{
    public static void Because(HttpContext http, string sentence) => http.Features.Set(new Refusal(sentence));

    public static string? Of(HttpContext http) => http.Features.Get<Refusal>()?.Sentence;
}
