using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Holdfast.LiveTalking.Http;

/// <summary>What this API answers with: members named as they are written, Chinese as it is.</summary>
internal static class Answer
{
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"code":0,"msg":"ok"}</c>.</summary>
    public static IResult Ok { get; } = Json(new { code = 0, msg = "ok" });

    public static IResult Json(object members) => Results.Json(members, Options);
}
