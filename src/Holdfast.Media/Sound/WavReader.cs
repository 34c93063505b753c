using System.Buffers.Binary;

namespace Holdfast.Media;

/// <summary>Where a <see cref="WavReader"/> stands.</summary>
public enum WavReaderState
{
    /// <summary>Before the first sample: more bytes are needed to know the format.</summary>
    Header,

    /// <summary>The format is known; what comes now is sound.</summary>
    Samples,

    /// <summary>The sound is over; whatever still comes is ignored.</summary>
    Ended,

    /// <summary>These bytes are no WAV file this code can read; <see cref="WavReader.Error"/> says why.</summary>
    Malformed,
}

/// <summary>
/// Reads a WAV file (RIFF, PCM, 16 bit, one or two channels) as its bytes arrive, cut anywhere, from whoever it comes. Never throws on
/// what the bytes say.
/// </summary>
/// <remarks>
/// A program that writes to a pipe cannot know the length beforehand and puts a 0 or some huge number there; the sound then
/// lasts as long as the bytes do.
/// </remarks>
public sealed class WavReader
{
    private const int RiffHeaderLength = 12;
    private const int ChunkHeaderLength = 8;
    private const int MinFormatLength = 16;
    private const int MaxFormatLength = 40;
    private const ushort FormatPcm = 1;
    private const ushort FormatExtensible = 0xFFFE;

    private readonly byte[] _buffer = new byte[MaxFormatLength];
    private Part _part = Part.Riff;
    private int _buffered;
    private long _remaining;
    private long _skip;

    /// <summary>Where it stands.</summary>
    public WavReaderState State => _part switch
    {
        Part.Riff or Part.ChunkHeader or Part.Format => WavReaderState.Header,
        Part.Data => WavReaderState.Samples,
        Part.End => WavReaderState.Ended,
        Part.Malformed => WavReaderState.Malformed,
    };

    /// <summary>Samples a second; 0 before <see cref="WavReaderState.Samples"/>.</summary>
    public int SampleRate { get; private set; }

    /// <summary>1 or 2; 0 before <see cref="WavReaderState.Samples"/>.</summary>
    public int Channels { get; private set; }

    /// <summary>What is wrong, as a sentence; null unless <see cref="WavReaderState.Malformed"/>.</summary>
    public string? Error { get; private set; }

    private enum Part
    {
        Riff,
        ChunkHeader,
        Format,
        Data,
        End,
        Malformed,
    }

    /// <summary>Takes the next bytes of the file and gives the samples in them, two channels mixed to one.</summary>
    /// <param name="bytes">Any number, all of which are taken.</param>
    /// <param name="mono">Room for half as many samples as there are bytes, and one.</param>
    /// <returns>How many samples were written.</returns>
    public int Read(ReadOnlySpan<byte> bytes, Span<short> mono)
    {
        if (mono.Length < bytes.Length / 2 + 1)
        {
            throw new ArgumentException("There must be room for half as many samples as there are bytes, and one.", nameof(mono));
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
                written += ReadSamples(ref bytes, mono[written..]);
            }
            else
            {
                ReadHeader(ref bytes);
            }
        }

        return written;
    }

    /// <summary>Reads the header of a file that is there as a whole.</summary>
    /// <param name="wav">Its bytes, or as many of them as hold the header.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="channels">1 or 2.</param>
    /// <returns>False where they are no WAV file this code can read.</returns>
    public static bool TryParseHeader(ReadOnlySpan<byte> wav, out int sampleRate, out int channels)
    {
        var reader = new WavReader();
        Span<short> nothing = stackalloc short[2];
        while (!wav.IsEmpty && reader.State == WavReaderState.Header)
        {
            reader.Read(wav[..1], nothing);
            wav = wav[1..];
        }

        (sampleRate, channels) = (reader.SampleRate, reader.Channels);
        return reader.State == WavReaderState.Samples;
    }

    private void ReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        var wanted = _part switch
        {
            Part.Riff => RiffHeaderLength,
            Part.ChunkHeader => ChunkHeaderLength,
            _ => (int)Math.Min(_remaining, MaxFormatLength),
        };
        if (!Fill(ref bytes, wanted))
        {
            return;
        }

        ReadOnlySpan<byte> header = _buffer.AsSpan(0, wanted);
        _buffered = 0;
        if (_part == Part.Riff)
        {
            if (!header.StartsWith("RIFF"u8) || !header[8..].SequenceEqual("WAVE"u8))
            {
                Fail("This is not a WAV file.");
                return;
            }

            _part = Part.ChunkHeader;
        }
        else if (_part == Part.ChunkHeader)
        {
            ReadChunkHeader(header);
        }
        else
        {
            ReadFormat(header);
        }
    }

    private void ReadChunkHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (header.StartsWith("fmt "u8))
        {
            if (length < MinFormatLength)
            {
                Fail("The WAV file's format is cut short.");
                return;
            }

            _remaining = length;
            _part = Part.Format;
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
            _remaining = length is 0 or >= 0x7FFF_0000 ? long.MaxValue : length;
            _part = Part.Data;
        }
    }

    private void ReadFormat(ReadOnlySpan<byte> format)
    {
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (tag == FormatExtensible && format.Length >= 26)
        {
            // The first two bytes of the sub-format's GUID are the tag that it extends.
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        }

        if (tag != FormatPcm || bits != 16)
        {
            Fail("Only WAV files with 16-bit PCM can be read.");
        }
        else if (channels is not (1 or 2))
        {
            Fail("Only WAV files with one or two channels can be read.");
        }
        else if (rate is < 1_000 or > 384_000)
        {
            Fail("The WAV file's sample rate is out of range.");
        }
        else
        {
            (SampleRate, Channels) = ((int)rate, channels);
            _skip = _remaining - format.Length + (_remaining & 1);
            _part = Part.ChunkHeader;
        }
    }

    private int ReadSamples(ref ReadOnlySpan<byte> bytes, Span<short> mono)
    {
        var data = bytes[..(int)Math.Min(bytes.Length, _remaining)];
        bytes = bytes[data.Length..];
        _remaining -= data.Length;
        var size = Channels * sizeof(short);
        var written = 0;
        while (!data.IsEmpty)
        {
            if (_buffered == 0 && data.Length >= size)
            {
                mono[written++] = Mix(data);
                data = data[size..];
            }
            else if (Fill(ref data, size))
            {
                _buffered = 0;
                mono[written++] = Mix(_buffer);
            }
        }

        if (_remaining == 0)
        {
            _part = Part.End;
        }

        return written;
    }

    private short Mix(ReadOnlySpan<byte> sample)
    {
        var left = BinaryPrimitives.ReadInt16LittleEndian(sample);
        return Channels == 1 ? left : (short)(left + BinaryPrimitives.ReadInt16LittleEndian(sample[2..]) >> 1);
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
