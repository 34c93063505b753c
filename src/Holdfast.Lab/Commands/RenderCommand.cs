using System.Globalization;
using Holdfast.Avatar;
using Holdfast.Lab.Render;
using Holdfast.Media;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab render: a video from a text, without a server.</summary>
internal static class RenderCommand
{
    public const string Help = """
        holdfast-lab render [options] TEXT-FILE -o OUT.webm

        An avatar says a text, and that becomes a video: VP8 and Opus in WebM, faster than it would be said. Paragraphs are
        separated by an empty line. - reads the text from the standard input. No server is needed; voices are configured as
        for one, in the environment (Holdfast__Speech__...).

          -o, --out FILE     the video
          --avatar NAME      who speaks (lin)
          --voice ID         with which voice, as in GET /api/voices; the avatar's own otherwise
          --size PIXELS      of the square picture, 128 to 1080 (512)
          --kilobits N       of the pictures, 100 to 20000 (900)

        Exit code: 0 done; 1 a part could not be said; 2 usage.
        """;

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var output = arguments.Text("--out") ?? throw new UsageException("Where to? Give -o OUT.webm");
        var avatar = arguments.Text("--avatar") ?? "lin";
        var voice = arguments.Text("--voice");
        var size = arguments.Number("--size", 128, 1080) ?? 512;
        var kilobits = arguments.Number("--kilobits", 100, 20_000) ?? 900;
        var text = await ReadAsync(arguments.Operand("Which text? Give a file, or - for the standard input."), cancellationToken);
        arguments.End();
        string[] paragraphs = [.. text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        if (paragraphs.Length == 0)
        {
            throw new UsageException("There is no text to say.");
        }

        await using var services = RenderServices.Create(size);
        var shows = services.GetRequiredService<AvatarShowFactory>();
        if (!shows.Shows.Any(show => string.Equals(show.Name, avatar, StringComparison.Ordinal)))
        {
            throw new UsageException($"There is no avatar '{avatar}'; there are: {string.Join(", ", shows.Shows.Select(static show => show.Name))}.");
        }

        if (voice is not null && !shows.HasVoice(voice))
        {
            throw new UsageException($"There is no voice '{voice}'; there are: {string.Join(", ", shows.Voices.Select(static known => known.Id))}.");
        }

        var began = time.GetTimestamp();
        await using var file = Create(output);
        using var writer = new WebMWriter(file, new VideoFormat(size & ~15, size & ~15, 25));
        var renderer = new VideoRenderer(writer, time) { LanguageOf = shows.LanguageOf };
        await using (var show = shows.Create(avatar, renderer))
        {
            (show as IAdjustableShow)?.Adjust(new ShowAdjustment { Voice = voice });
            await renderer.RenderAsync((IRenderableShow)show, paragraphs, kilobits * 1000, cancellationToken);
        }

        var (took, lasts) = (time.GetElapsedTime(began).TotalSeconds, writer.Duration.TotalSeconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{output}: {lasts:0.0} s of video in {took:0.0} s, {lasts / took:0.0} times as fast as it is said"));
        foreach (var failure in renderer.Failures)
        {
            await Console.Error.WriteLineAsync($"Could not be said, or not to its end: {failure}");
        }

        return renderer.Failures.Count == 0 ? ExitCode.Fine : ExitCode.NotFine;
    }

    private static FileStream Create(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be written: {exception.Message}");
        }
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return path is "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {exception.Message}");
        }
    }
}
