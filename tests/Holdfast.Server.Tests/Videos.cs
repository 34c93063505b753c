using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Holdfast.Server.Tests;

/// <summary>What a player of another make finds in a video: ffmpeg's.</summary>
internal static class Videos
{
    /// <summary>What ffprobe says of it.</summary>
    public static async Task<Video> ProbeAsync(string path)
    {
        var (json, _) = await RunAsync("ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path);
        var root = JsonDocument.Parse(json).RootElement;
        var format = root.GetProperty("format");
        return new Video(
            format.GetProperty("format_name").GetString()!,
            format.TryGetProperty("duration", out var duration) ? double.Parse(duration.GetString()!, CultureInfo.InvariantCulture) : null,
            [.. root.GetProperty("streams").EnumerateArray().Select(static stream => stream.GetProperty("codec_name").GetString()!)]);
    }

    /// <summary>Plays it from a place on, decoding everything; what the decoder complains of, and how many pictures and seconds of sound there were.</summary>
    public static async Task<(string Complaints, int Pictures)> PlayAsync(string path, double from = 0)
    {
        var (said, complaints) = await RunAsync(
            "ffmpeg", "-v", "error", "-ss", from.ToString(CultureInfo.InvariantCulture), "-i", path, "-fps_mode", "passthrough", "-enc_time_base:v", "1:1000", "-progress", "pipe:1", "-f", "null", "-");
        var frames = said.Split('\n').Last(static line => line.StartsWith("frame=", StringComparison.Ordinal));
        return (complaints, int.Parse(frames["frame=".Length..], CultureInfo.InvariantCulture));
    }

    private static async Task<(string Said, string Complaints)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var complaints = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await complaints);
        return (said, await complaints);
    }

    internal sealed record Video(string Format, double? Seconds, IReadOnlyList<string> Codecs);
}
