using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Lab.Commands;

/// <summary>Writes a report for programs, and reads it again.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="path">A file, or "-" for the standard output.</param>
    /// <param name="report">What is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static async Task WriteAsync<T>(string path, T report, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(report, Options) + "\n";
        if (string.Equals(path, "-", StringComparison.Ordinal))
        {
            await Console.Out.WriteAsync(text.AsMemory(), cancellationToken);
            return;
        }

        try
        {
            await File.WriteAllTextAsync(path, text, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--json: {e.Message}");
        }
    }

    /// <param name="option">Which option named the file, for the message.</param>
    /// <param name="path">A file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">It cannot be read, or is no such report.</exception>
    public static async Task<T> ReadAsync<T>(string option, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<T>(file, Options, cancellationToken) ?? throw new UsageException($"{option}: {path} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{option}: {path} is no such report: {e.Message}");
        }
    }
}
