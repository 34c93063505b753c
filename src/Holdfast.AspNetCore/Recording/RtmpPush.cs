using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Holdfast.Media;
using Holdfast.Sessions;
using Holdfast.Speech;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Recording;

/// <summary>A session streamed through ffmpeg, which is handed what is sent as live WebM and makes of it what RTMP carries.</summary>
internal sealed class RtmpPush(Session session, string target, PushOptions options, TimeProvider time, ILogger logger)
    : SessionPush(session, target, time, logger, KeyFrameInterval)
{
    /// <summary>Platforms want a key frame every two seconds; ffmpeg encodes its own.</summary>
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(60);

    /// <summary>A program that has lasted so long has reached its target.</summary>
    private static readonly TimeSpan ReachedAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    protected override async Task<PushFailure> StreamAsync(VideoFormat video, CancellationToken ending)
    {
        try
        {
            using var process = Process.Start(StartInfo())!;
            var said = FirstAndLast.ReadAsync(process.StandardError.BaseStream, CancellationToken.None);
            BeginAnew();
            try
            {
                await FeedAsync(process.StandardInput.BaseStream, video).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has ended; what it said tells why.
            }

            await EndAsync(process).ConfigureAwait(false);
            var words = await said.ConfigureAwait(false);
            return new PushFailure("ffmpeg ended.", words.Length > 300 ? words[^300..] : words);
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return new PushFailure("ffmpeg could not be started.", exception.Message);
        }
    }

    private async Task FeedAsync(Stream input, VideoFormat video)
    {
        using var writer = new WebMWriter(input, video, isLive: true);
        var began = Time.GetTimestamp();
        await foreach (var packet in ReadAllAsync().ConfigureAwait(false))
        {
            Write(writer, packet);
            if (State == PushState.Connecting && Time.GetElapsedTime(began) > ReachedAfter)
            {
                OnReached();
            }
        }

        writer.Complete();
    }

    private static async Task EndAsync(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has closed its end.
        }

        try
        {
            await process.WaitForExitAsync().WaitAsync(EndsWithin).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(options.Ffmpeg) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        var kilobits = string.Create(CultureInfo.InvariantCulture, $"{options.VideoKilobits}k");
        foreach (var argument in (string[])[
            "-loglevel", "error", "-fflags", "nobuffer", "-f", "webm", "-i", "pipe:0",
            "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-r", "25", "-g", "50", "-b:v", kilobits, "-maxrate", kilobits, "-bufsize", kilobits,
            "-c:a", "aac", "-ar", "44100", "-ac", "2", "-b:a", "128k", "-f", "flv", options.Targets[Target]])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
