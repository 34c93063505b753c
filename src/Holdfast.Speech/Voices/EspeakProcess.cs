using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Holdfast.Media;

namespace Holdfast.Speech;

/// <summary>Runs espeak-ng once: text in on its standard input, a WAV file out on its standard output.</summary>
internal sealed class EspeakProcess
{
    /// <summary>Sound beyond this is cut off: no sentence lasts two minutes.</summary>
    private const int MaxSamples = 22_050 * 120;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly string _path;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public EspeakProcess(string path, TimeSpan timeout, TimeProvider time)
    {
        _path = path;
        _timeout = timeout;
        _time = time;
    }

    /// <returns>The samples, mono, and their rate.</returns>
    /// <exception cref="SpeechException">The program is missing, fails, or takes too long.</exception>
    public async Task<(short[] Samples, int Rate)> SpeakAsync(string text, EspeakVoice voice, CancellationToken cancellationToken)
    {
        using var process = Start(voice);
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var said = FirstAndLast.ReadAsync(process.StandardError.BaseStream, either.Token);
            var heard = ReadAsync(process.StandardOutput.BaseStream, either.Token);
            await WriteAsync(process, text, either.Token);
            var sound = await heard;
            if (sound.Samples.Length == MaxSamples)
            {
                // It may go on for ever.
                return sound;
            }

            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0 || sound.Rate == 0)
            {
                var words = await said;
                throw new SpeechException($"espeak-ng failed with voice {voice.Name} (exit code {process.ExitCode}): {(words.Length > 0 ? words : "it said nothing")}");
            }

            return sound;
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SpeechException($"espeak-ng gave no speech within {_timeout.TotalSeconds:0} s.", e)
            {
                Fault = UtteranceFault.VoiceTooSlow,
            };
        }
        finally
        {
            Kill(process);
        }
    }

    private Process Start(EspeakVoice voice)
    {
        var start = new ProcessStartInfo(_path)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        foreach (var argument in (ReadOnlySpan<string>)["-v", voice.Name, "-s", $"{voice.Rate}", "-p", $"{voice.Pitch}", "-a", $"{voice.Amplitude}", "-b", "1", "-z", "--stdin", "--stdout"])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new SpeechException($"{_path} could not be started.") { Fault = UtteranceFault.VoiceMissing };
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException)
        {
            throw new SpeechException($"The program {_path} is missing, so nothing can be spoken (Debian and Ubuntu: sudo apt install espeak-ng).", e)
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

    private static async Task<(short[] Samples, int Rate)> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = new WavReader();
        var bytes = new byte[16 * 1024];
        var mono = new short[(bytes.Length / 2) + 1];
        var sound = new ArrayBufferWriter<short>(64 * 1024);
        int read;
        while (sound.WrittenCount < MaxSamples && (read = await stream.ReadAsync(bytes, cancellationToken)) > 0)
        {
            var count = reader.Read(bytes.AsSpan(0, read), mono);
            if (reader.State == WavReaderState.Malformed)
            {
                throw new SpeechException($"espeak-ng gave no sound that can be read: {reader.Error}");
            }

            sound.Write(mono.AsSpan(0, Math.Min(count, MaxSamples - sound.WrittenCount)));
        }

        return (sound.WrittenSpan.ToArray(), reader.SampleRate);
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
