using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Media;

/// <summary>
/// An <see cref="EncodedLoop"/> with its thinner ones as a file: what is encoded once need not be encoded at every start. What was damaged or cut off is
/// known by a hash at the end.
/// </summary>
public static class EncodedLoopFile
{
    // Magic and version; the codec's name with its length; the number of rungs; of each whether it is full (1) and has spares (2), the interval of key frames, the number of pictures, their lengths, the pictures.
    private const int MostRungs = 8;
    private const int MostPictures = 100_000;
    private const int LongestName = 32;
    private const int Full = 1;
    private const int Spares = 2;

    private static ReadOnlySpan<byte> Magic => "HFLOOP2\n"u8;

    /// <summary>Writes a loop, and those that are thinner.</summary>
    public static byte[] Write(EncodedLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        using var file = new MemoryStream();
        file.Write(Magic);
        var codec = Encoding.UTF8.GetBytes(loop.Codec);
        WriteNumber(file, codec.Length);
        file.Write(codec);
        List<EncodedLoop> rungs = [];
        for (var rung = loop; rung is not null && rungs.Count < MostRungs; rung = rung.Thinner)
        {
            rungs.Add(rung);
        }

        WriteNumber(file, rungs.Count);
        foreach (var rung in rungs)
        {
            WriteNumber(file, (rung.IsFull ? Full : 0) | (rung.HasSpares ? Spares : 0));
            WriteNumber(file, rung.KeyFrameInterval);
            WriteNumber(file, rung.Count);
            for (var i = 0; i < rung.Count; i++)
            {
                WriteNumber(file, rung[i].Length);
            }

            for (var i = 0; i < rung.Count; i++)
            {
                file.Write(rung[i]);
            }
        }

        file.Write(SHA256.HashData(file.GetBuffer().AsSpan(0, (int)file.Length)));
        return file.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; false for anything else.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> file, [NotNullWhen(true)] out EncodedLoop? loop)
    {
        loop = null;
        if (file.Length < Magic.Length + SHA256.HashSizeInBytes || !file.Span.StartsWith(Magic)
            || !SHA256.HashData(file.Span[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(file.Span[^SHA256.HashSizeInBytes..]))
        {
            return false;
        }

        var rest = file[Magic.Length..^SHA256.HashSizeInBytes];
        if (!TryReadNumber(ref rest, LongestName, out var length) || length > rest.Length)
        {
            return false;
        }

        var codec = Encoding.UTF8.GetString(rest.Span[..length]);
        rest = rest[length..];
        if (!TryReadNumber(ref rest, MostRungs, out var count) || count == 0)
        {
            return false;
        }

        var rungs = new List<(int Kind, int Interval, ReadOnlyMemory<byte>[] Frames)>();
        for (var i = 0; i < count; i++)
        {
            if (!TryReadNumber(ref rest, Full | Spares, out var kind)
                || !TryReadNumber(ref rest, MostPictures, out var interval)
                || TryReadPictures(ref rest) is not { } frames
                || interval == 0 || frames.Length % interval != 0)
            {
                return false;
            }

            rungs.Add((kind, interval, frames));
        }

        for (var i = rungs.Count - 1; i >= 0; i--)
        {
            var (kind, interval, frames) = rungs[i];
            loop = new EncodedLoop(frames, interval) { Codec = codec, Thinner = loop, IsFull = (kind & Full) != 0, HasSpares = (kind & Spares) != 0 };
        }

        return loop is not null && rest.IsEmpty;
    }

    private static ReadOnlyMemory<byte>[]? TryReadPictures(ref ReadOnlyMemory<byte> rest)
    {
        if (!TryReadNumber(ref rest, MostPictures, out var count) || count == 0 || rest.Length < count * sizeof(int))
        {
            return null;
        }

        var frames = new ReadOnlyMemory<byte>[count];
        var lengths = rest[..(count * sizeof(int))];
        rest = rest[lengths.Length..];
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(lengths.Span[(i * sizeof(int))..]);
            if (length < 0 || length > rest.Length)
            {
                return null;
            }

            (frames[i], rest) = (rest[..length], rest[length..]);
        }

        return frames;
    }

    private static void WriteNumber(MemoryStream file, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        file.Write(bytes);
    }

    private static bool TryReadNumber(ref ReadOnlyMemory<byte> rest, int most, out int number)
    {
        number = 0;
        if (rest.Length < sizeof(int))
        {
            return false;
        }

        number = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        rest = rest[sizeof(int)..];
        return number >= 0 && number <= most;
    }
}
