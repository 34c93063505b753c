namespace Holdfast.Media;

/// <summary>What became of a file that was to be heard.</summary>
public abstract record SoundFileResult
{
    private SoundFileResult()
    {
    }

    /// <summary>It can be heard.</summary>
    /// <param name="Sound">48 kHz mono.</param>
    public sealed record Decoded(ReadOnlyMemory<short> Sound) : SoundFileResult;

    /// <summary>It lasts longer than was allowed.</summary>
    public sealed record TooLong : SoundFileResult;

    /// <summary>It is no sound that can be read.</summary>
    /// <param name="Sentence">Why, for a person.</param>
    public sealed record Refused(string Sentence) : SoundFileResult;
}

/// <summary>
/// Decodes a file to 48 kHz mono: WAV, MP3, and Opus in Ogg or WebM. What it is is found in its bytes, and whatever they are, nothing is
/// thrown, and no more is made of them than was allowed.
/// </summary>
public static class SoundFile
{
    private const int PieceBytes = 32 * 1024;

    /// <param name="file">All of it.</param>
    /// <param name="longest">How long it may last.</param>
    public static SoundFileResult Decode(ReadOnlyMemory<byte> file, TimeSpan longest)
    {
        var sound = new BoundedPcm((int)(longest.TotalSeconds * SoundFormat.SampleRate));
        var bytes = file.Span;
        var fault = bytes switch
        {
            _ when bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8) => DecodeWav(bytes, sound),
            _ when bytes.StartsWith("OggS"u8) => DecodeOpus(bytes, OggReader.TryReadOpus, sound),
            _ when bytes.StartsWith(WebMReader.Magic) => DecodeOpus(bytes, WebMReader.TryReadOpus, sound),
            _ when Mp3File.IsOne(bytes) => Mp3File.Decode(file, sound),
            _ => "This is none of the kinds of sound that are known here.",
        };
        return sound.IsFull ? new SoundFileResult.TooLong()
            : fault is not null ? new SoundFileResult.Refused(fault)
            : sound.Length == 0 ? new SoundFileResult.Refused("There is no sound in this file.")
            : new SoundFileResult.Decoded(sound.Sound);
    }

    private static string? DecodeWav(ReadOnlySpan<byte> bytes, BoundedPcm sound)
    {
        var reader = new WavReader();
        var mono = new short[WavReader.GetMaxSamples(PieceBytes)];
        while (!bytes.IsEmpty && !sound.IsFull)
        {
            var piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
            bytes = bytes[piece.Length..];
            var count = reader.Read(piece, mono);
            sound.Add(mono.AsSpan(0, count), reader.SampleRate);
            if (reader.State == WavReaderState.Malformed)
            {
                return reader.Error;
            }
        }

        sound.Complete();
        return null;
    }

    private delegate bool TryReadOpus(ReadOnlySpan<byte> file, OpusPackets packets);

    private static string? DecodeOpus(ReadOnlySpan<byte> bytes, TryReadOpus read, BoundedPcm sound)
    {
        using var packets = new OpusPackets(sound);
        return read(bytes, packets) ? null : packets.Fault ?? "There is no Opus in this file.";
    }
}

/// <summary>Sound at 48 kHz, up to a bound.</summary>
internal sealed class BoundedPcm(int capacity)
{
    private const int PieceSamples = 8_192;

    private readonly System.Buffers.ArrayBufferWriter<short> _sound = new();
    private Resampler? _resampler;
    private int _rate;

    public int Length => _sound.WrittenCount;

    /// <summary>Whether there was more than there was room for.</summary>
    public bool IsFull { get; private set; }

    public ReadOnlyMemory<short> Sound => _sound.WrittenMemory;

    /// <summary>Takes sound of any rate; one file has one.</summary>
    public void Add(ReadOnlySpan<short> samples, int rate)
    {
        if (samples.IsEmpty)
        {
            return;
        }

        if (rate == SoundFormat.SampleRate)
        {
            Append(samples);
            return;
        }

        if (_resampler is null || rate != _rate)
        {
            Complete();
            (_resampler, _rate) = (new Resampler(rate), rate);
        }

        var output = new short[_resampler.GetMaxOutputLength(PieceSamples)];
        for (; !samples.IsEmpty && !IsFull; samples = samples[Math.Min(samples.Length, PieceSamples)..])
        {
            Append(output.AsSpan(0, _resampler.Process(samples[..Math.Min(samples.Length, PieceSamples)], output)));
        }
    }

    /// <summary>Takes what the filters still hold.</summary>
    public void Complete()
    {
        if (_resampler is not null)
        {
            var output = new short[_resampler.GetMaxOutputLength(0) + 4_096];
            Append(output.AsSpan(0, _resampler.Flush(output)));
            _resampler = null;
        }
    }

    private void Append(ReadOnlySpan<short> samples)
    {
        IsFull |= samples.Length > capacity - Length;
        var fitting = samples[..Math.Min(samples.Length, capacity - Length)];
        fitting.CopyTo(_sound.GetSpan(fitting.Length + 1));
        _sound.Advance(fitting.Length);
    }
}
