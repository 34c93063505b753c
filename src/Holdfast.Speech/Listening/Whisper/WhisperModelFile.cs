using System.Buffers.Binary;
using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// A file with a Whisper model in whisper.cpp's own format (ggml), looked through from its first to its last byte before native code reads it: that
/// ends the process where it meets what it did not expect.
/// </summary>
/// <param name="Path">Where it is.</param>
/// <param name="IsMultilingual">Whether it understands more than English.</param>
/// <remarks>
/// Little-endian: a magic number, eleven 32-bit numbers, the mel filters, the words of its vocabulary each behind its length, and tensors, each as number of
/// dimensions, length of the name, type, dimensions, name, data. Nothing comes behind the last one.
/// </remarks>
internal sealed record WhisperModelFile(string Path, bool IsMultilingual)
{
    /// <summary>"ggml", read as a number.</summary>
    private const uint Magic = 0x67676d6c;

    /// <summary>Tokens that a model must have: 51,864 for English, one more for many languages, two for many and Cantonese.</summary>
    private const int LeastTokens = 51_864;

    /// <summary>From so many tokens on a model has more than English.</summary>
    private const int TokensOfMany = 51_865;

    private const int LongestWord = 1_024;
    private const int LongestName = 128;

    /// <summary>Bytes and values of a block of each type of tensor that whisper.cpp loads, by ggml's number of it.</summary>
    private static readonly Dictionary<int, (int Bytes, int Values)> Types = new()
    {
        [0] = (4, 1),
        [1] = (2, 1),
        [2] = (18, 32),
        [3] = (20, 32),
        [6] = (22, 32),
        [7] = (24, 32),
        [8] = (34, 32),
        [10] = (84, 256),
        [11] = (110, 256),
        [12] = (144, 256),
        [13] = (176, 256),
        [14] = (210, 256),
    };

    /// <summary>The eleven numbers at the beginning, in their order, with the bounds that are taken for sane. The largest model has 1,280 wide layers, 32 of them.</summary>
    private static readonly (string Name, int Least, int Most)[] Numbers =
    [
        ("n_vocab", LeastTokens, 60_000), ("n_audio_ctx", 1, 1_500), ("n_audio_state", 1, 4_096), ("n_audio_head", 1, 64), ("n_audio_layer", 1, 64),
        ("n_text_ctx", 8, 1_024), ("n_text_state", 1, 4_096), ("n_text_head", 1, 64), ("n_text_layer", 1, 64), ("n_mels", 1, 256), ("ftype", 0, 9_999),
    ];

    /// <summary>Looks through a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence that begins with the setting; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    public static WhisperModelFile? Read(string path, out string? problem)
    {
        problem = null;
        try
        {
            if (Directory.Exists(path))
            {
                problem = $"names a directory, '{path}'; it must be a file.";
                return null;
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 64 * 1024);
            return new WhisperModelFile(path, Walk(new Reader(stream)));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = $"names a file that is not there, '{path}'.";
        }
        catch (UnauthorizedAccessException)
        {
            problem = $"names a file that this user may not read, '{path}'.";
        }
        catch (InvalidDataException exception)
        {
            problem = $"names a file that is no whole ggml model of Whisper, '{path}': {exception.Message}";
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            problem = $"names a file that cannot be read, '{path}': {exception.Message.ReplaceLineEndings(" ")}";
        }

        return null;
    }

    /// <returns>Whether it understands more than English.</returns>
    /// <exception cref="InvalidDataException">It is no model, or not all of one.</exception>
    private static bool Walk(Reader file)
    {
        var magic = file.UInt32("its first number");
        if (magic != Magic)
        {
            throw new InvalidDataException(WhatItIs(magic));
        }

        var numbers = Array.ConvertAll(Numbers, expected => file.Int32(expected.Name, expected.Least, expected.Most));
        var (tokens, state, heads, layers) = (numbers[0], numbers[2], numbers[3], numbers[4]);
        var (textState, textHeads, textLayers, mels) = (numbers[6], numbers[7], numbers[8], numbers[9]);
        if (textState != state || state % heads != 0 || state % textHeads != 0)
        {
            throw new InvalidDataException($"its layers ({state} and {textState} wide, with {heads} and {textHeads} heads) do not fit together.");
        }

        if (file.Int32("the filters' number", 1, 256) != mels)
        {
            throw new InvalidDataException("its filters are not those of its header.");
        }

        file.Skip(mels * 4L * file.Int32("the filters' length", 1, 4_096), "its filters");
        SkipVocabulary(file, tokens);
        var tensors = 0;
        while (!file.IsAtEnd)
        {
            SkipTensor(file);
            tensors++;
        }

        // Each layer of the encoder has 15, of the decoder 24; 7 and 4 belong to no layer.
        var expectedTensors = 11 + (15 * layers) + (24 * textLayers);
        return tensors == expectedTensors
            ? tokens >= TokensOfMany
            : throw new InvalidDataException($"it has {tensors} of {expectedTensors} tensors. Was it copied to its end?");
    }

    private static void SkipVocabulary(Reader file, int tokens)
    {
        var hasSpace = false;
        Span<byte> word = stackalloc byte[LongestWord];
        for (var left = file.Int32("the vocabulary's size", 1, tokens); left > 0; left--)
        {
            var bytes = word[..file.Int32("a word's length", 0, LongestWord)];
            file.Bytes(bytes, "a word");
            hasSpace |= bytes is [(byte)' '];
        }

        if (!hasSpace)
        {
            // whisper.cpp looks it up without asking whether it is there.
            throw new InvalidDataException("its vocabulary has no space.");
        }
    }

    private static void SkipTensor(Reader file)
    {
        var dimensions = file.Int32("a tensor's dimensions", 1, 4);
        var length = file.Int32("the length of a tensor's name", 1, LongestName);
        var type = file.Int32("a tensor's type", 0, 255);
        var values = 1L;
        for (; dimensions > 0; dimensions--)
        {
            values *= file.Int32("a tensor's size", 1, 1 << 24);
            if (values > int.MaxValue)
            {
                throw new InvalidDataException("a tensor is larger than any model's.");
            }
        }

        Span<byte> name = stackalloc byte[LongestName];
        file.Bytes(name[..length], "a tensor's name");
        if (!Types.TryGetValue(type, out var block) || values % block.Values != 0)
        {
            throw new InvalidDataException($"its tensor {Encoding.ASCII.GetString(name[..length])} is of a type that is not known ({type}).");
        }

        file.Skip(values / block.Values * block.Bytes, "tensor " + Encoding.ASCII.GetString(name[..length]));
    }

    /// <summary>What people have by mistake.</summary>
    private static string WhatItIs(uint magic) => magic switch
    {
        0x46554747 => "it is GGUF, which whisper.cpp does not read; look for a file named ggml-NAME.bin.",
        0x04034b50 => "it is an archive, perhaps a model of PyTorch; whisper.cpp wants it converted to ggml.",
        0x73726576 => "it is a pointer of Git LFS; fetch the file itself.",
        0x4f44213c or 0x6d74683c => "it is a web page.",
        _ => $"it does not begin with 'ggml' but with 0x{magic:x8}.",
    };

    /// <summary>Reads numbers within bounds; the end of the file before that of a part is an error that names the part.</summary>
    private sealed class Reader(FileStream stream)
    {
        private readonly long _length = stream.Length;
        private long _at;

        public bool IsAtEnd => _at == _length;

        public uint UInt32(string part)
        {
            Span<byte> bytes = stackalloc byte[4];
            Bytes(bytes, part);
            return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }

        public int Int32(string part, int least, int most)
        {
            var value = unchecked((int)UInt32(part));
            return value >= least && value <= most ? value : throw new InvalidDataException($"{part} is {value}, not {least} to {most}.");
        }

        public void Bytes(Span<byte> bytes, string part)
        {
            Take(bytes.Length, part);
            stream.ReadExactly(bytes);
        }

        public void Skip(long count, string part)
        {
            Take(count, part);
            stream.Seek(count, SeekOrigin.Current);
        }

        private void Take(long count, string part) =>
            _at = count <= _length - _at ? _at + count : throw new InvalidDataException($"it ends within {part}, after {_length} bytes. Was it copied to its end?");
    }
}
