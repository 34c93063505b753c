using System.Diagnostics;
using CsCheck;

namespace Holdfast.Media.Tests;

/// <summary>Recordings as people have them, made by ffmpeg where this machine has it.</summary>
public sealed class SoundFileTests : IDisposable
{
    private const double Seconds = 1.5;

    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-sound-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("wav", "-ar 44100 -ac 2")]
    [InlineData("wav", "-ar 8000 -c:a pcm_u8")]
    [InlineData("wav", "-c:a pcm_f32le -ac 6")]
    [InlineData("mp3", "-b:a 128k")]
    [InlineData("mp3", "-b:a 48k -ar 22050 -ac 1")]
    [InlineData("mp3", "-q:a 4 -id3v2_version 0 -write_xing 0")]
    [InlineData("ogg", "-c:a libopus -b:a 48k")]
    [InlineData("ogg", "-c:a libopus -ac 2 -frame_duration 60 -page_duration 20000")]
    [InlineData("webm", "-c:a libopus -b:a 32k")]
    [InlineData("webm", "-c:a libopus -live 1 -cluster_time_limit 200 -ac 2")]
    public void A_recording_is_as_long_and_as_loud_as_it_was(string extension, string how)
    {
        var file = Record(extension, how);
        var sound = Assert.IsType<SoundFileResult.Decoded>(SoundFile.Decode(file, TimeSpan.FromSeconds(60))).Sound.ToArray();

        // MP3 has up to 60 ms of silence around it.
        Assert.InRange(sound.Length / 48_000.0, Seconds - 0.04, Seconds + 0.13);
        var middle = sound.AsSpan(sound.Length / 4, sound.Length / 2);
        // One of six channels has the sound, so that the middle of them is quiet.
        Assert.InRange(Rms(middle), 800, 12_000);
        Assert.InRange(Crossings(middle) / (middle.Length / 48_000.0), 430, 450);
    }

    [Fact]
    public void What_it_is_is_found_in_its_bytes_and_what_it_is_not_is_said()
    {
        Assert.IsType<SoundFileResult.Refused>(SoundFile.Decode("<html>no</html>"u8.ToArray(), TimeSpan.FromSeconds(60)));
        Assert.IsType<SoundFileResult.Refused>(SoundFile.Decode(Array.Empty<byte>(), TimeSpan.FromSeconds(60)));
        var vorbis = Record("ogg", "-c:a libvorbis");
        Assert.Equal("There is no Opus in this file.", Assert.IsType<SoundFileResult.Refused>(SoundFile.Decode(vorbis, TimeSpan.FromSeconds(60))).Sentence);
    }

    [Theory]
    [InlineData("wav", "")]
    [InlineData("mp3", "")]
    [InlineData("ogg", "-c:a libopus")]
    [InlineData("webm", "-c:a libopus")]
    public void One_that_is_too_long_is_told_so(string extension, string how) =>
        Assert.IsType<SoundFileResult.TooLong>(SoundFile.Decode(Record(extension, how), TimeSpan.FromSeconds(1)));

    [Theory]
    [InlineData("mp3", "-b:a 64k")]
    [InlineData("ogg", "-c:a libopus")]
    [InlineData("webm", "-c:a libopus")]
    public void Whatever_its_bytes_are_nothing_is_thrown(string extension, string how)
    {
        var file = Record(extension, how);
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Int[0, 255], Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[0, file.Length]).Sample(damage =>
        {
            var (first, one, second, other, length) = damage;
            var copy = file.ToArray();
            copy[first % 200] = (byte)one;
            copy[second] = other;
            return SoundFile.Decode(copy.AsMemory(0, length), TimeSpan.FromSeconds(3)) is not null;
        }, iter: 60);
    }

    private static double Rms(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }

        return Math.Sqrt(sum / samples.Length);
    }

    private static int Crossings(ReadOnlySpan<short> samples)
    {
        var count = 0;
        for (var i = 1; i < samples.Length; i++)
        {
            count += samples[i - 1] < 0 && samples[i] >= 0 ? 1 : 0;
        }

        return count;
    }

    private byte[] Record(string extension, string how)
    {
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.{extension}");
        try
        {
            using var ffmpeg = Process.Start(new ProcessStartInfo(
                "ffmpeg", $"-v error -f lavfi -i sine=frequency=440:duration=1.5:sample_rate=48000 -af volume=2 {how} {path}")
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            var said = ffmpeg.StandardError.ReadToEnd();
            ffmpeg.WaitForExit();
            Assert.True(ffmpeg.ExitCode == 0, said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("ffmpeg is not installed.");
        }

        return File.ReadAllBytes(path);
    }
}
