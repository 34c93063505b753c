using Holdfast.Avatar;
using Holdfast.Lab.Render;
using Holdfast.Media;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Line.Relayed;

/// <summary>What is said and shown on real lines: by our server as it always does, and as a video for a sender that has no avatar.</summary>
internal static class LineVideo
{
    /// <summary>What the pictures of both may take at the most, as of our server where nothing else is configured.</summary>
    public const int PicturesBits = 900_000;

    /// <summary>So much that the video looks as what our server encodes: it is encoded again.</summary>
    private const int VideoBits = 4_000_000;

    private const double SecondsPerSentence = 2;

    private static readonly string[] Sentences =
    [
        "The harbour is quiet this morning.", "Two boats went out before it was light.", "Nobody knows yet what they will bring.",
        "On the wall an old man mends a net.", "He counts the knots and tells a story.", "The children sit around him and listen.",
        "A gull walks up and down as if it waited for somebody.", "Behind the houses the hills are green again.",
    ];

    /// <summary>A text that is said for longer than a time.</summary>
    public static string TextFor(TimeSpan time) => string.Join(
        ' ', Enumerable.Range(0, (int)Math.Ceiling(time.TotalSeconds / SecondsPerSentence) + 2).Select(static i => Sentences[i % Sentences.Length]));

    /// <summary>The avatar of our server, which idles first and then says a text.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="idles">For how long it idles.</param>
    /// <param name="time">By which the voice is waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>WebM.</returns>
    public static async Task<byte[]> RenderAsync(string text, TimeSpan idles, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var services = RenderServices.Create(LineStage.Format.Width);
        var shows = services.GetRequiredService<AvatarShowFactory>();
        using var video = new MemoryStream();
        using (var writer = new WebMWriter(video, LineStage.Format))
        {
            var renderer = new VideoRenderer(writer, time) { LanguageOf = shows.LanguageOf, LeadTicks = (int)(idles / MediaTick.Duration) };
            await using var show = shows.Create(shows.Shows[0].Name, renderer);
            await renderer.RenderAsync((IRenderableShow)show, [text], VideoBits, cancellationToken);
            if (renderer.Failures.Count > 0)
            {
                throw new InvalidOperationException($"The text could not be said: {string.Join("; ", renderer.Failures)}");
            }
        }

        return video.ToArray();
    }
}
