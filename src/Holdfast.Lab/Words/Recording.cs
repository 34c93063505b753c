using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Holdfast.Media;

namespace Holdfast.Lab.Words;

/// <summary>What a browser played, put together from the pieces in which a page hands it over.</summary>
internal sealed class Recording
{
    // What a page needs to load is longer; what is shorter may be two clocks that differ.
    private const double ShortestGap = 0.2;

    private readonly List<short> _pcm = [];
    private double _first;

    /// <summary>48 kHz, mono.</summary>
    public ReadOnlySpan<short> Pcm => CollectionsMarshal.AsSpan(_pcm);

    public TimeSpan Length => TimeSpan.FromSeconds(_pcm.Count / (double)SoundFormat.SampleRate);

    /// <summary>When it began, in milliseconds since 1970.</summary>
    public double Begun => _first;

    /// <summary>Puts a piece to the end. Where it is the first of a stream, the time in which nothing was recorded is silence.</summary>
    public void Add(Piece piece)
    {
        _first = _pcm.Count == 0 ? piece.At : _first;
        var missing = (piece.At - _first) / 1_000 - Length.TotalSeconds;
        if (piece.Begins && missing > ShortestGap)
        {
            _pcm.AddRange(new short[(int)(missing * SoundFormat.SampleRate)]);
        }

        var bytes = Convert.FromBase64String(piece.Pcm);
        var samples = new short[bytes.Length / 2];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i));
        }

        if (piece.Rate == SoundFormat.SampleRate || samples.Length == 0)
        {
            _pcm.AddRange(samples);
            return;
        }

        var resampler = new Resampler(piece.Rate);
        var room = new short[resampler.GetMaxOutputLength(samples.Length)];
        _pcm.AddRange(room.AsSpan(0, resampler.Process(samples, room)));
        _pcm.AddRange(room.AsSpan(0, resampler.Flush(room)));
    }

    /// <summary>Keeps it as a WAV file that anybody can listen to.</summary>
    public void Save(string path)
    {
        const int HeaderBytes = 44;
        var wav = new byte[HeaderBytes + 2 * _pcm.Count];
        var header = wav.AsSpan(0, HeaderBytes);
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], wav.Length - 8);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], SoundFormat.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], 2 * SoundFormat.SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], wav.Length - HeaderBytes);
        for (var i = 0; i < _pcm.Count; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(HeaderBytes + 2 * i), _pcm[i]);
        }

        File.WriteAllBytes(path, wav);
    }

    /// <summary>A part of what was played.</summary>
    /// <param name="At">When it began, in milliseconds since 1970 by the browser's clock.</param>
    /// <param name="Begins">Whether it is the first of a stream.</param>
    /// <param name="Rate">Samples a second.</param>
    /// <param name="Pcm">16 bit little endian, mono, in base64.</param>
    internal sealed record Piece(double At, bool Begins, int Rate, string Pcm);
}
