namespace Holdfast.Lab.Commands;

/// <summary>Writes a report for people.</summary>
internal static class HtmlFile
{
    /// <param name="path">A file.</param>
    /// <param name="write">Writes the page.</param>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static async Task WriteAsync(string path, Action<TextWriter> write)
    {
        try
        {
            await using var writer = new StreamWriter(path);
            write(writer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--html: {e.Message}");
        }
    }
}
