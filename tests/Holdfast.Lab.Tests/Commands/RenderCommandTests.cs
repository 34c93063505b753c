using Holdfast.Lab.Commands;
using Holdfast.Media;

namespace Holdfast.Lab.Tests.Commands;

/// <summary>A video from a text, as the command makes it.</summary>
public sealed class RenderCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-render-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_text_becomes_a_video_in_which_all_of_it_is_heard()
    {
        var (text, video) = (Path.Combine(_directory, "text.txt"), Path.Combine(_directory, "out.webm"));
        await File.WriteAllTextAsync(text, "One two three four five six.\n\nSeven eight nine ten. 😀\n", TestContext.Current.CancellationToken);

        var exit = await CommandLine.RunAsync(["render", text, "-o", video, "--size", "128"], TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(0, exit);
        var sound = Assert.IsType<SoundFileResult.Decoded>(SoundFile.Decode(await File.ReadAllBytesAsync(video, TestContext.Current.CancellationToken), TimeSpan.FromMinutes(2))).Sound;

        // Ten numbers take some seconds, and nothing is waited for in between: no gap is longer than a pause between paragraphs.
        Assert.InRange(sound.Length / 48_000.0, 3, 15);
        Assert.InRange(LongestSilence(sound.Span), 0, 1.6);
    }

    [Theory]
    [InlineData("render")]
    [InlineData("render", "-o", "x.webm")]
    [InlineData("render", "no-such-file.txt", "-o", "x.webm")]
    [InlineData("render", "-", "-o", "/no/such/directory/x.webm")]
    public async Task What_cannot_be_rendered_is_a_sentence(params string[] arguments) =>
        await Assert.ThrowsAsync<UsageException>(() => CommandLine.RunAsync(arguments, TimeProvider.System, TestContext.Current.CancellationToken));

    private static double LongestSilence(ReadOnlySpan<short> sound)
    {
        var (longest, current) = (0, 0);
        foreach (var sample in sound)
        {
            current = Math.Abs((int)sample) < 100 ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }

        return longest / 48_000.0;
    }
}
