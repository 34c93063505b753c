using System.Buffers.Binary;

namespace Holdfast.Speech;

/// <summary>A model of Whisper in the format of ggml, looked at before anything is made of it: what loads it does not say what is wrong with it.</summary>
internal static class GgmlFile
{
    /// <summary>What such a file begins with, as a little-endian number: "ggml".</summary>
    private const uint Magic = 0x67_67_6D_6C;

    /// <summary>After the magic come eleven numbers: vocabulary, widths, heads, layers, bands and type.</summary>
    private const int HeaderBytes = 4 + (11 * 4);

    /// <summary>The smallest published model, quantised, is 31 MB.</summary>
    private const long SmallestBytes = 1_000_000;

    /// <summary>What is wrong with a file, as a sentence; null where it looks like a model.</summary>
    public static string? FindFault(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            Span<byte> header = stackalloc byte[HeaderBytes];
            var read = file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
            if (read < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
            {
                return $"{path} is not a ggml model of Whisper (such as ggml-base.bin).";
            }

            var vocabulary = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
            return vocabulary is < 50_000 or > 60_000 ? $"{path} is a ggml file, but not one of Whisper."
                : file.Length < SmallestBytes ? $"{path} is cut off: a model is larger than {file.Length} bytes."
                : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"there is no file {path}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{path} cannot be read: {exception.Message}";
        }
    }
}
