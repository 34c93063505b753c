using System.Buffers.Binary;
using System.Globalization;
using Holdfast.Media;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>
/// Turns what any text-to-speech client sends into 48 kHz mono: WAV files, whole or cut into updates, or bare PCM
/// ("audio/pcm" or "audio/l16", little-endian as these services send it, with a "rate" parameter or 24 kHz).
/// </summary>
internal sealed class SpeechDecoder
{
    private const int DefaultPcmRate = 24_000;

    private readonly Action<ReadOnlySpan<short>> _sink;
    private WavReader? _wav;
    private Resampler? _resampler;
    private int _rate;
    private short[] _mono = [];
    private short[] _resampled = [];
    private byte? _odd;

    /// <param name="sink">Receives the samples.</param>
    public SpeechDecoder(Action<ReadOnlySpan<short>> sink) => _sink = sink;

    /// <exception cref="SpeechException">It is in no form that can be read.</exception>
    public void Push(DataContent content)
    {
        var bytes = content.Data.Span;
        var type = content.MediaType.Split(';', StringSplitOptions.TrimEntries);
        switch (type[0].ToLowerInvariant())
        {
            case "audio/wav" or "audio/x-wav" or "audio/wave" or "audio/vnd.wave":
                PushWav(bytes);
                break;
            case "audio/pcm" or "audio/l16" or "audio/raw":
                PushPcm(bytes, Parameter(type, "rate") ?? DefaultPcmRate);
                break;
            default:
                throw new SpeechException($"The speech came as {type[0]}, which cannot be played; WAV and PCM can.");
        }
    }

    /// <summary>Hands out what the filters still hold. The next sound may then have another form.</summary>
    public void Flush()
    {
        if (_resampler is not null)
        {
            Ensure(ref _resampled, _resampler.GetMaxOutputLength(0) + 4096);
            _sink(_resampled.AsSpan(0, _resampler.Flush(_resampled)));
        }

        _wav = null;
        _odd = null;
    }

    private static int? Parameter(string[] type, string name)
    {
        foreach (var parameter in type.Skip(1))
        {
            var pair = parameter.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(pair[1].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }
        }

        return null;
    }

    private void PushWav(ReadOnlySpan<byte> bytes)
    {
        if (_wav is null || _wav.State == WavReaderState.Ended || (bytes.StartsWith("RIFF"u8) && _wav.State != WavReaderState.Header))
        {
            _wav = new WavReader();
        }

        Ensure(ref _mono, WavReader.GetMaxSamples(bytes.Length));
        var count = _wav.Read(bytes, _mono);
        if (_wav.State == WavReaderState.Malformed)
        {
            throw new SpeechException($"The speech that came cannot be read: {_wav.Error}");
        }

        if (count > 0)
        {
            Resample(_mono.AsSpan(0, count), _wav.SampleRate);
        }
    }

    private void PushPcm(ReadOnlySpan<byte> bytes, int rate)
    {
        Ensure(ref _mono, (bytes.Length / 2) + 1);
        var count = 0;
        if (_odd is { } first && !bytes.IsEmpty)
        {
            _mono[count++] = (short)(first | (bytes[0] << 8));
            bytes = bytes[1..];
            _odd = null;
        }

        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            _mono[count++] = BinaryPrimitives.ReadInt16LittleEndian(bytes);
        }

        byte? odd = bytes.IsEmpty ? null : bytes[0];
        Resample(_mono.AsSpan(0, count), rate);

        // Only now: what begins a sound of another rate forgets what was left of the one before.
        _odd = odd;
    }

    private void Resample(ReadOnlySpan<short> samples, int rate)
    {
        if (rate is < 4_000 or > 192_000)
        {
            throw new SpeechException($"The speech came with {rate} samples a second, which cannot be played.");
        }

        if (_resampler is null || rate != _rate)
        {
            Flush(keepWav: _wav);
            _rate = rate;
            _resampler = new Resampler(rate);
        }

        // In pieces, so that a long file does not need as much memory again.
        while (!samples.IsEmpty)
        {
            var piece = samples[..Math.Min(samples.Length, 8192)];
            Ensure(ref _resampled, _resampler.GetMaxOutputLength(piece.Length));
            _sink(_resampled.AsSpan(0, _resampler.Process(piece, _resampled)));
            samples = samples[piece.Length..];
        }
    }

    private void Flush(WavReader? keepWav)
    {
        Flush();
        _wav = keepWav;
    }

    private static void Ensure(ref short[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new short[length];
        }
    }
}
