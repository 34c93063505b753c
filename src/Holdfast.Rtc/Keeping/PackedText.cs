using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Text;

namespace Holdfast.Rtc.Keeping;

/// <summary>A text that is kept for long and read hardly ever, such as an offer: a fifth of its size, and less.</summary>
internal static class PackedText
{
    public static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest))
        {
            deflate.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    /// <summary>Whatever the bytes are, it does not throw, and unpacks no more than so many of them.</summary>
    public static bool TryUnpack(byte[] packed, int mostBytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var room = new byte[mostBytes];
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            var length = deflate.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
            text = length < mostBytes ? Encoding.UTF8.GetString(room, 0, length) : null;
        }
        catch (InvalidDataException)
        {
            // It is none.
        }

        return text is not null;
    }
}
