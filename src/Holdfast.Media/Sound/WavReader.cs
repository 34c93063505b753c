using System.Buffers.Binary;

namespace Holdfast.Media;

/// <summary>Where a <see cref="WavReader"/> stands.</summary>
public enum WavReaderState
{
    /// <summary>Before the first sample: more bytes are needed to know the format.</summary>
    Header,

    /// <summary>The format is known; what comes now is sound.</summary>
    Samples,

    /// <summary>The sound is over; what still comes is ignored, unless it is another WAV file of the same rate.</summary>
    Ended,

    /// <summary>These bytes are no WAV file this code can read; <see cref="WavReader.Error"/> says why.</summary>
    Malformed,
}

/// <summary>
/// Reads WAV files (RIFF and RF64; PCM of 8 to 32 bit and floating point; 1 to 8 channels) as their bytes arrive, cut anywhere, from whoever
/// they come. Never throws on what the bytes say, and keeps no more than a header of them.
/// </summary>
/// <remarks>
/// <para>
/// A program that writes to a pipe cannot know the length beforehand and puts a 0 or some huge number there; the sound then
/// lasts as long as the bytes do. Some services begin every piece of such a stream with a header again: it is taken out.
/// </para>
/// <para>What is too short to be a sample, at the end, is left out.</para>
/// </remarks>
public sealed class WavReader
{
    private const int RiffHeaderLength = 12;
    private const int ChunkHeaderLength = 8;
    private const int MinFormatLength = 16;

    /// <summary>Of the 64-bit sizes of an RF64 file (EBU Tech 3306, section 3.3), up to that of the sound.</summary>
    private const int SizesLength = 16;

    private readonly byte[] _buffer = new byte[Math.Max(WavFormat.MaxLength, WavFormat.MaxFrameLength)];
    private readonly byte[] _suspect = new byte[RiffHeaderLength];
    private WavFormat _format;
    private Part _part = Part.Riff;
    private int _buffered;
    private int _suspected;
    private long _remaining;
    private long _skip;
    private long _longLength;
    private bool _hasData;
    private bool _mayBePadded;

    /// <summary>Where it stands.</summary>
    public WavReaderState State => _part switch
    {
        Part.Riff or Part.ChunkHeader or Part.Format or Part.Sizes => _hasData ? WavReaderState.Samples : WavReaderState.Header,
        Part.Data or Part.Suspect => WavReaderState.Samples,
        Part.After or Part.End => WavReaderState.Ended,
        Part.Malformed => WavReaderState.Malformed,
    };

    /// <summary>Samples a second; 0 before <see cref="WavReaderState.Samples"/>.</summary>
    public int SampleRate => _format.SampleRate;

    /// <summary>1 to 8; 0 before <see cref="WavReaderState.Samples"/>.</summary>
    public int Channels => _format.Channels;

    /// <summary>What is wrong, as a sentence; null unless <see cref="WavReaderState.Malformed"/>.</summary>
    public string? Error { get; private set; }

    private enum Part
    {
        Riff,
        ChunkHeader,
        Format,
        Sizes,
        Data,

        /// <summary>Within sound of unknown length came what may be the beginning of a header.</summary>
        Suspect,

        /// <summary>After the sound: chunks to be skipped, or another file.</summary>
        After,
        End,
        Malformed,
    }

    /// <summary>How many samples <see cref="Read"/> may give for so many bytes.</summary>
    public static int GetMaxSamples(int bytes) => bytes + RiffHeaderLength;

    /// <summary>Takes the next bytes of the file and gives the samples in them, all channels mixed to one.</summary>
    /// <param name="bytes">Any number, all of which are taken.</param>
    /// <param name="mono">Room for <see cref="GetMaxSamples"/> samples.</param>
    /// <returns>How many samples were written.</returns>
    public int Read(ReadOnlySpan<byte> bytes, Span<short> mono)
    {
        if (mono.Length < GetMaxSamples(bytes.Length))
        {
            throw new ArgumentException("There must be room for as many samples as there may be.", nameof(mono));
        }

        var written = 0;
        while (!bytes.IsEmpty && _part is not (Part.End or Part.Malformed))
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
            }
            else if (_part == Part.Data)
            {
                written += ReadData(ref bytes, mono[written..]);
            }
            else if (_part == Part.Suspect)
            {
                written += ReadSuspect(ref bytes, mono[written..]);
            }
            else
            {
                ReadHeader(ref bytes);
            }
        }

        return written;
    }

    private static bool IsFileHeader(ReadOnlySpan<byte> header) =>
        (header.StartsWith("RIFF"u8) || header.StartsWith("RF64"u8)) && header[8..].StartsWith("WAVE"u8);

    private void ReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        if (_mayBePadded)
        {
            // A chunk of odd length is followed by one byte more, by the writers who know it.
            _mayBePadded = false;
            bytes = bytes[0] == 0 ? bytes[1..] : bytes;
            return;
        }

        var wanted = _part switch
        {
            Part.Riff => RiffHeaderLength,
            Part.Sizes => SizesLength,
            Part.Format => (int)Math.Min(_remaining, WavFormat.MaxLength),
            _ => ChunkHeaderLength,
        };
        if (!Fill(ref bytes, wanted))
        {
            return;
        }

        ReadOnlySpan<byte> header = _buffer.AsSpan(0, wanted);
        if (_part == Part.After && (header.StartsWith("RIFF"u8) || header.StartsWith("RF64"u8)))
        {
            // Another file begins: its header is longer than a chunk's, and goes on being filled.
            _part = Part.Riff;
            return;
        }

        _buffered = 0;
        switch (_part)
        {
            case Part.Riff when IsFileHeader(header):
                _part = Part.ChunkHeader;
                break;
            case Part.Riff when _hasData:
                _part = Part.End;
                break;
            case Part.Riff:
                Fail("This is not a WAV file.");
                break;
            case Part.Format:
                ReadFormat(header);
                break;
            case Part.Sizes:
                _longLength = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
                _skip = _remaining - header.Length + (_remaining & 1);
                _part = Part.ChunkHeader;
                break;
            default:
                ReadChunkHeader(header);
                break;
        }
    }

    private void ReadChunkHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (_part == Part.After)
        {
            // Anything is skipped that could be a chunk; what could not ends the file.
            _part = header[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~') ? Part.End : Part.After;
            _skip = length + (length & 1L);
        }
        else if (header.StartsWith("fmt "u8))
        {
            if (length < MinFormatLength)
            {
                Fail("The WAV file's format is cut short.");
                return;
            }

            _remaining = length;
            _part = Part.Format;
        }
        else if (header.StartsWith("ds64"u8) && length >= SizesLength)
        {
            _remaining = length;
            _part = Part.Sizes;
        }
        else if (!header.StartsWith("data"u8))
        {
            _skip = length + (length & 1L);
        }
        else if (Channels == 0)
        {
            Fail("The WAV file's sound comes before its format.");
        }
        else
        {
            // Lengths that no honest file has mean "until the bytes end".
            _remaining = length is > 0 and < 0x7FFF_0000 ? length : _longLength > 0 ? _longLength : long.MaxValue;
            _part = Part.Data;
            _hasData = true;
        }
    }

    private void ReadFormat(ReadOnlySpan<byte> header)
    {
        if (!WavFormat.TryParse(header, out var format, out var error))
        {
            Fail(error);
        }
        else if (_hasData && format.SampleRate != SampleRate)
        {
            Fail("The WAV file changes its sample rate in the middle.");
        }
        else
        {
            _format = format;
            _skip = _remaining - header.Length + (_remaining & 1);
            _part = Part.ChunkHeader;
        }
    }

    private int ReadData(ref ReadOnlySpan<byte> bytes, Span<short> mono)
    {
        if (_remaining == long.MaxValue)
        {
            var sound = bytes[..IndexOfHeader(bytes)];
            bytes = bytes[sound.Length..];
            _part = bytes.IsEmpty ? Part.Data : Part.Suspect;
            return Decode(sound, mono);
        }

        var data = bytes[..(int)Math.Min(bytes.Length, _remaining)];
        bytes = bytes[data.Length..];
        _remaining -= data.Length;
        var written = Decode(data, mono);
        if (_remaining == 0)
        {
            // The only sound whose length is odd is of whole bytes, or was cut.
            _mayBePadded = true;
            _buffered = 0;
            _part = Part.After;
        }

        return written;
    }

    /// <summary>Where a header may begin that was put into the sound; the length where none does.</summary>
    private static int IndexOfHeader(ReadOnlySpan<byte> bytes)
    {
        for (var start = 0; start < bytes.Length;)
        {
            var at = bytes[start..].IndexOf((byte)'R');
            if (at < 0)
            {
                break;
            }

            at += start;
            var rest = bytes[at..Math.Min(bytes.Length, at + RiffHeaderLength)];
            if (rest.Length == RiffHeaderLength ? IsFileHeader(rest) : "RIFF"u8.StartsWith(rest[..Math.Min(4, rest.Length)]))
            {
                return at;
            }

            start = at + 1;
        }

        return bytes.Length;
    }

    private int ReadSuspect(ref ReadOnlySpan<byte> bytes, Span<short> mono)
    {
        var count = Math.Min(RiffHeaderLength - _suspected, bytes.Length);
        bytes[..count].CopyTo(_suspect.AsSpan(_suspected));
        _suspected += count;
        bytes = bytes[count..];
        if (_suspected < RiffHeaderLength)
        {
            return 0;
        }

        _suspected = 0;
        if (IsFileHeader(_suspect))
        {
            (_part, _buffered) = (Part.ChunkHeader, 0);
            return 0;
        }

        _part = Part.Data;
        return Decode(_suspect, mono);
    }

    private int Decode(ReadOnlySpan<byte> data, Span<short> mono)
    {
        var size = _format.FrameLength;
        var written = 0;
        while (!data.IsEmpty)
        {
            if (_buffered == 0 && data.Length >= size)
            {
                mono[written++] = _format.Mix(data);
                data = data[size..];
            }
            else if (Fill(ref data, size))
            {
                _buffered = 0;
                mono[written++] = _format.Mix(_buffer);
            }
        }

        return written;
    }

    private bool Fill(ref ReadOnlySpan<byte> bytes, int wanted)
    {
        var count = Math.Min(wanted - _buffered, bytes.Length);
        bytes[..count].CopyTo(_buffer.AsSpan(_buffered));
        _buffered += count;
        bytes = bytes[count..];
        return _buffered == wanted;
    }

    private void Fail(string error)
    {
        Error = error;
        _part = Part.Malformed;
    }
}
