using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Holdfast.Media;

namespace Holdfast.Speech;

/// <summary>
/// Runs a program once for a text: the text in on its standard input, what it makes out on its standard output. Bounded in time and in
/// memory, whatever the program does; what it says on its standard error is for the log.
/// </summary>
/// <param name="path">The program: a name found in PATH, or a path.</param>
/// <param name="package">What to install where it is missing.</param>
/// <param name="timeout">How long it may take.</param>
/// <param name="time">Measures that.</param>
internal sealed class SpeechProgram(string path, string package, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Sound beyond this is cut off: no sentence lasts two minutes.</summary>
    private const int MaxSeconds = 120;

    /// <summary>Text beyond this is cut off: phonemes of a sentence are a few hundred.</summary>
    private const int MaxTextBytes = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether there is such a program on this machine.</summary>
    /// <param name="path">A name found in PATH, or a path.</param>
    public static bool IsThere(string path) => path.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        ? File.Exists(path)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, path)) || File.Exists(Path.Combine(folder, path + ".exe")));

    /// <summary>Reads what a program makes.</summary>
    /// <returns>It, and whether that is all that is wanted, however much still comes.</returns>
    internal delegate Task<(T Made, bool IsEnough)> Reader<T>(Stream output, CancellationToken cancellationToken);

    /// <exception cref="SpeechException">The program is missing, fails, or takes too long.</exception>
    public async Task<T> RunAsync<T>(IEnumerable<string> arguments, string text, Reader<T> read, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        using var bound = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
        try
        {
            var said = FirstAndLast.ReadAsync(process.StandardError.BaseStream, either.Token);
            var reading = read(process.StandardOutput.BaseStream, either.Token);
            await WriteAsync(process, text, either.Token);
            var (made, isEnough) = await reading;
            if (isEnough)
            {
                // It may go on for ever.
                return made;
            }

            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0)
            {
                throw new SpeechException($"{path} failed ({string.Join(' ', arguments)}; exit code {process.ExitCode}): {WordsOf(await said)}");
            }

            return made;
        }
        catch (OperationCanceledException e) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SpeechException($"{path} gave no speech within {timeout.TotalSeconds:0} s.", e)
            {
                Fault = UtteranceFault.VoiceTooSlow,
            };
        }
        finally
        {
            Kill(process);
        }
    }

    /// <summary>Reads a WAV file that comes from a program.</summary>
    /// <exception cref="SpeechException">It is none.</exception>
    public async Task<((short[] Samples, int Rate) Made, bool IsEnough)> ReadWavAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = new WavReader();
        var bytes = new byte[16 * 1024];
        var mono = new short[WavReader.GetMaxSamples(bytes.Length)];
        var sound = new ArrayBufferWriter<short>(64 * 1024);
        var most = int.MaxValue;
        int read;
        while (sound.WrittenCount < most && (read = await stream.ReadAsync(bytes, cancellationToken)) > 0)
        {
            var count = reader.Read(bytes.AsSpan(0, read), mono);
            if (reader.State == WavReaderState.Malformed)
            {
                throw new SpeechException($"{path} gave no sound that can be read: {reader.Error}");
            }

            most = reader.SampleRate > 0 ? reader.SampleRate * MaxSeconds : most;
            sound.Write(mono.AsSpan(0, Math.Min(count, most - sound.WrittenCount)));
        }

        return ((sound.WrittenSpan.ToArray(), reader.SampleRate), sound.WrittenCount == most);
    }

    /// <summary>Reads a text that comes from a program.</summary>
    public static async Task<(string Made, bool IsEnough)> ReadTextAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxTextBytes];
        var count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return (Utf8.GetString(bytes, 0, count), count == bytes.Length);
    }

    /// <summary>What a program that made nothing is said to have done.</summary>
    private static string WordsOf(string said) => said.Length > 0 ? said : "it said nothing";

    private Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(path)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new SpeechException($"{path} could not be started.") { Fault = UtteranceFault.VoiceMissing };
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException)
        {
            throw new SpeechException($"The program {path} is missing, so nothing can be spoken (Debian and Ubuntu: sudo apt install {package}).", e)
            {
                Fault = UtteranceFault.VoiceMissing,
            };
        }
    }

    private static async Task WriteAsync(Process process, string text, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(text.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code and its words say why.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It ended in the meantime.
        }
    }
}
