using System.Buffers.Binary;
using Holdfast.Media;

namespace Holdfast.Lab.Words;

/// <summary>
/// What a browser played, put together from the pieces in which pages hand it over. Two that play at a time, such as two tabs, are heard at a time.
/// </summary>
internal sealed class Recording
{
    // What a page needs to load is longer; what is shorter may be two clocks that differ.
    private const double ShortestGap = 0.2;

    private readonly List<Track> _tracks = [];
    private short[]? _mixed;

    /// <summary>48 kHz, mono.</summary>
    public ReadOnlySpan<short> Pcm => _mixed ??= Mix();

    public TimeSpan Length => TimeSpan.FromSeconds(End / (double)SoundFormat.SampleRate);

    /// <summary>When it began, in milliseconds since 1970.</summary>
    public double Begun { get; private set; }

    private int End => _tracks.Count == 0 ? 0 : _tracks.Max(static track => track.End);

    /// <summary>Puts a piece to the end of its stream. A stream begins where its first piece did; the time in which nothing was recorded is silence.</summary>
    public void Add(Piece piece)
    {
        _mixed = null;
        var track = piece.Begins ? null : _tracks.FindLast(track => string.Equals(track.Stream, piece.Stream, StringComparison.Ordinal));
        if (track is null)
        {
            Begun = _tracks.Count == 0 ? piece.At : Begun;
            var begin = (piece.At - Begun) / 1_000;
            var sample = Math.Abs(begin - Length.TotalSeconds) > ShortestGap ? (int)Math.Max(0, begin * SoundFormat.SampleRate) : End;
            _tracks.Add(track = new Track(piece.Stream, sample, []));
        }

        var bytes = Convert.FromBase64String(piece.Pcm);
        var samples = new short[bytes.Length / 2];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i));
        }

        if (piece.Rate == SoundFormat.SampleRate || samples.Length == 0)
        {
            track.Pcm.AddRange(samples);
            return;
        }

        var resampler = new Resampler(piece.Rate);
        var room = new short[resampler.GetMaxOutputLength(samples.Length)];
        track.Pcm.AddRange(room.AsSpan(0, resampler.Process(samples, room)));
        track.Pcm.AddRange(room.AsSpan(0, resampler.Flush(room)));
    }

    /// <summary>Keeps it as a WAV file that anybody can listen to.</summary>
    public void Save(string path)
    {
        const int HeaderBytes = 44;
        var pcm = Pcm;
        var wav = new byte[HeaderBytes + 2 * pcm.Length];
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
        for (var i = 0; i < pcm.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(HeaderBytes + 2 * i), pcm[i]);
        }

        File.WriteAllBytes(path, wav);
    }

    private short[] Mix()
    {
        var mixed = new short[End];
        foreach (var track in _tracks)
        {
            for (var i = 0; i < track.Pcm.Count; i++)
            {
                mixed[track.Begin + i] = (short)Math.Clamp(mixed[track.Begin + i] + track.Pcm[i], short.MinValue, short.MaxValue);
            }
        }

        return mixed;
    }

    private sealed record Track(string? Stream, int Begin, List<short> Pcm)
    {
        public int End => Begin + Pcm.Count;
    }

    /// <summary>A part of what was played.</summary>
    /// <param name="At">When it began, in milliseconds since 1970 by the browser's clock.</param>
    /// <param name="Begins">Whether it is the first of a stream.</param>
    /// <param name="Rate">Samples a second.</param>
    /// <param name="Pcm">16 bit little endian, mono, in base64.</param>
    /// <param name="Stream">Which stream, where several may play at a time.</param>
    internal sealed record Piece(double At, bool Begins, int Rate, string Pcm, string? Stream = null);
}
