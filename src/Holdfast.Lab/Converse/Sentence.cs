using System.Diagnostics;
using Holdfast.Lab.Commands;
using Holdfast.Media;

namespace Holdfast.Lab.Converse;

/// <summary>What the people of the lab say into their microphones: a real voice, without the silence around it.</summary>
internal static class Sentence
{
    private const string Text = "What do you see?";

    /// <summary>Where a voice begins and ends: about -40 dB of full scale.</summary>
    private const int Audible = 330;

    /// <param name="path">A file: WAV, MP3, or Opus in WebM or Ogg; null: espeak-ng says something.</param>
    /// <param name="cancellationToken">It is not wanted any more.</param>
    /// <returns>48 kHz mono; it ends with the voice, so that its end is the end of speech.</returns>
    /// <exception cref="UsageException">There is no such file, or no espeak-ng.</exception>
    public static async Task<ReadOnlyMemory<short>> LoadAsync(string? path, CancellationToken cancellationToken)
    {
        try
        {
            var file = path is null ? await SayAsync(cancellationToken) : await File.ReadAllBytesAsync(path, cancellationToken);
            return SoundFile.Decode(file, TimeSpan.FromSeconds(20)) is SoundFileResult.Decoded(var sound) && Trim(sound) is { Length: > 0 } voice
                ? voice
                : throw new UsageException("--sound: this is no recording of a voice of at most 20 s.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            throw new UsageException(path is null ? $"espeak-ng is not here; give a recording with --sound. {e.Message}" : $"--sound: {e.Message}");
        }
    }

    private static ReadOnlyMemory<short> Trim(ReadOnlyMemory<short> sound)
    {
        var first = sound.Span.IndexOfAnyExceptInRange((short)-Audible, (short)Audible);
        var last = sound.Span.LastIndexOfAnyExceptInRange((short)-Audible, (short)Audible);
        return first < 0 ? default : sound[first..(last + 1)];
    }

    private static async Task<byte[]> SayAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("espeak-ng", ["--stdout", "-v", "en", Text]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var program = Process.Start(start)!;
        using var file = new MemoryStream();
        await program.StandardOutput.BaseStream.CopyToAsync(file, cancellationToken);
        await program.WaitForExitAsync(cancellationToken);
        return file.ToArray();
    }
}
