using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>Reads an action that is a video, through ffmpeg.</summary>
internal static class ClipVideo
{
    private const int FramesPerSecond = 25;

    /// <summary>A file that is never ready holds up all others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <exception cref="ActionException">It cannot be used; says why.</exception>
    public static async Task<Clip> ReadAsync(ActionDescription action, string ffmpeg, VideoFormat format, TimeSpan longest, Action<long> spend, CancellationToken cancellationToken)
    {
        if (!File.Exists(action.Video))
        {
            throw new ActionException($"there is no file {action.Video}.");
        }

        using var maker = new ClipMaker(format, FramesPerSecond, longest, spend);
        var size = $"{format.Width}:{format.Height}";
        string[] pictures = ["-an", "-vf", $"scale={size}:force_original_aspect_ratio=increase,crop={size},fps={FramesPerSecond}", "-pix_fmt", "yuv420p", "-f", "rawvideo"];
        var complaint = await RunAsync(ffmpeg, action.Video, pictures, ReadPicturesAsync, cancellationToken).ConfigureAwait(false);
        if (complaint is not null)
        {
            throw new ActionException($"ffmpeg cannot read {action.Video}: {complaint}");
        }

        var sound = new List<byte[]>();
        string[] samples = ["-vn", "-t", longest.TotalSeconds.ToString(CultureInfo.InvariantCulture), "-ac", "1", "-ar", SoundFormat.SampleRate.ToString(CultureInfo.InvariantCulture), "-f", "s16le"];
        complaint = await RunAsync(ffmpeg, action.Video, samples, ReadSoundAsync, cancellationToken).ConfigureAwait(false);

        // A video without sound is one too.
        var bytes = complaint is null ? sound.SelectMany(static piece => piece).ToArray() : [];
        return maker.Complete(MemoryMarshal.Cast<byte, short>(bytes.AsSpan(0, bytes.Length & ~1)).ToArray());

        async Task ReadPicturesAsync(Stream output)
        {
            var buffer = new byte[maker.Picture.Data.Length];
            while (await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == buffer.Length)
            {
                buffer.CopyTo(maker.Picture.Data);
                maker.Add();
            }
        }

        async Task ReadSoundAsync(Stream output)
        {
            var most = (long)(longest.TotalSeconds * SoundFormat.SampleRate) * sizeof(short);
            var piece = new byte[64 * 1024];
            int read;
            while ((read = await output.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
            {
                // Read to its end whatever it is: a program that cannot write does not end.
                sound.Add(piece[..(int)Math.Min(read, most)]);
                most -= Math.Min(read, most);
            }
        }
    }

    /// <returns>What ffmpeg complained of; null where it did not.</returns>
    private static async Task<string?> RunAsync(string ffmpeg, string file, string[] output, Func<Stream, Task> read, CancellationToken cancellationToken)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(ffmpeg, ["-nostdin", "-v", "error", "-i", "file:" + file, .. output, "pipe:1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw new ActionException($"{file} is a video, and {ffmpeg} is not installed (Holdfast:Avatar:Ffmpeg).");
        }

        using var limit = new CancellationTokenSource(Patience);
        using var kill = limit.Token.Register(static ended => End((Process)ended!), process);
        try
        {
            var complaint = FirstAndLast.ReadAsync(process.StandardError.BaseStream, cancellationToken);
            await read(process.StandardOutput.BaseStream).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (limit.IsCancellationRequested)
            {
                throw new ActionException($"ffmpeg took more than {Patience.TotalMinutes:0} minutes for {file}.");
            }

            var words = await complaint.ConfigureAwait(false);
            return process.ExitCode == 0 ? null : words.Length > 300 ? words[^300..] : words;
        }
        finally
        {
            End(process);
        }
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It is over, and given back.
        }
    }
}
