using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>What ffmpeg does that it should not.</summary>
[Collection(nameof(Alone))]
public sealed class ClipVideoTests
{
    [Fact]
    public async Task A_program_that_floods_its_errors_is_bounded_and_its_last_words_are_told()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var folder = Directory.CreateTempSubdirectory("holdfast-clip-");
        try
        {
            // 64 MB, and then it fails.
            var program = Path.Combine(folder.FullName, "ffmpeg");
            await File.WriteAllTextAsync(program, "#!/bin/sh\nhead -c 67108864 /dev/zero | tr '\\0' x >&2; echo ' last words' >&2; exit 3\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var action = new ActionDescription("wave", Frames: null, Sound: null, program, FramesPerSecond: 25, AudioType: 0);
            var before = GC.GetTotalAllocatedBytes(precise: true);

            var told = await Assert.ThrowsAsync<ActionException>(() => ClipVideo.ReadAsync(
                action, program, new VideoFormat(128, 128, 25), TimeSpan.FromSeconds(10), static _ => { }, TestContext.Current.CancellationToken));

            Assert.EndsWith("last words", told.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 32 * 1024 * 1024);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
