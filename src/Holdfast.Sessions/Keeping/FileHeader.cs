using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Sessions;

/// <summary>The first line of a file of kept sessions.</summary>
/// <param name="Format">Says that it is one.</param>
/// <param name="Version">Of the file, not of the records in it.</param>
/// <param name="IsProtected">Whether the sessions are encrypted.</param>
/// <param name="Count">How many there are.</param>
internal sealed record FileHeader(string Format, int Version, bool IsProtected, int Count)
{
    /// <summary>Null where a line is no such header.</summary>
    public static FileHeader? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, FileHeaderJson.Default.FileHeader);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FileHeader))]
internal sealed partial class FileHeaderJson : JsonSerializerContext;
