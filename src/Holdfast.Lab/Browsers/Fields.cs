using System.Text.Json;

namespace Holdfast.Lab.Browsers;

/// <summary>What a message of a browser says, where it may say anything.</summary>
internal static class Fields
{
    /// <summary>A part of an object; null where there is none, or where this is no object.</summary>
    public static JsonElement? PartOf(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var part) ? part : null;

    /// <summary>A text of an object; null where there is none.</summary>
    public static string? TextOf(this JsonElement element, string name) =>
        element.PartOf(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A number of an object; 0 where there is none.</summary>
    public static double NumberOf(this JsonElement element, string name) =>
        element.PartOf(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : 0;

    /// <exception cref="BrowserException">There is no such text.</exception>
    public static string MustHaveText(this JsonElement element, string name) =>
        element.TextOf(name) ?? throw new BrowserException($"The browser's answer has no text \"{name}\".");

    /// <exception cref="BrowserException">There are no such bytes in base64.</exception>
    public static byte[] MustHaveBytes(this JsonElement element, string name) =>
        element.PartOf(name) is { ValueKind: JsonValueKind.String } text && text.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw new BrowserException($"The browser's answer has no bytes \"{name}\".");
}
