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

    /// <summary>Tokens that a model has: 51,864 for English, one more for many languages, two for many and Cantonese.</summary>
    private const int LeastTokens = 51_864, MostTokens = 51_866;

    /// <summary>From so many tokens on a model has more than English.</summary>
    private const int TokensOfMany = 51_865;

    /// <summary>Half of the 400 samples that whisper.cpp transforms at a time, and one: it has room for no other filters.</summary>
    private const int FilterLength = 201;

    /// <summary>In <c>ftype</c> the version of the quantisation stands in the thousands.</summary>
    private const int VersionFactor = 1_000;

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

    /// <summary>The type of the large tensors by the header's <c>ftype</c>; whisper.cpp ends the process at any other.</summary>
    private static readonly Dictionary<int, int> TypeOfWeights = new()
    {
        [0] = 0,
        [1] = 1,
        [2] = 2,
        [3] = 3,
        [7] = 8,
        [8] = 6,
        [9] = 7,
        [10] = 10,
        [11] = 11,
        [12] = 12,
        [13] = 13,
        [14] = 14,
    };

    /// <summary>The eleven numbers at the beginning, in their order, with the bounds that are taken for sane. The largest model has 1,280 wide layers, 32 of them.</summary>
    private static readonly (string Name, int Least, int Most)[] Numbers =
    [
        ("n_vocab", LeastTokens, MostTokens), ("n_audio_ctx", 1, 1_500), ("n_audio_state", 1, 4_096), ("n_audio_head", 1, 64), ("n_audio_layer", 1, 64),
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

            // What has no length is empty, or a pipe or a device, at whose opening one may wait for ever.
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            if (file.Length == 0)
            {
                problem = $"names a file that is no whole ggml model of Whisper, '{path}': it is empty, or no file.";
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

        if (!TypeOfWeights.TryGetValue(numbers[10] % VersionFactor, out var type))
        {
            throw new InvalidDataException($"its ftype, {numbers[10]}, is not one that whisper.cpp reads.");
        }

        if (state % Types[type].Values != 0)
        {
            throw new InvalidDataException($"its layers, {state} wide, do not fit its ftype, {numbers[10]}, which comes in blocks of {Types[type].Values}.");
        }

        if (file.Int32("the filters' number", 1, 256) != mels)
        {
            throw new InvalidDataException("its filters are not those of its header.");
        }

        file.Skip(mels * 4L * file.Int32("the filters' length", FilterLength, FilterLength), "its filters");
        SkipVocabulary(file, tokens);
        var missing = Tensors(tokens, numbers[1], state, layers, numbers[5], textLayers, mels);
        var expected = missing.Count;
        while (!file.IsAtEnd)
        {
            SkipTensor(file, missing);
        }

        return missing.Count == 0
            ? tokens >= TokensOfMany
            : throw new InvalidDataException($"it has {expected - missing.Count} of {expected} tensors. Was it copied to its end?");
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

    /// <summary>The tensors that a header promises, with their sizes: native code asks for memory by the header alone.</summary>
    private static Dictionary<string, int[]> Tensors(int tokens, int places, int width, int layers, int textPlaces, int textLayers, int mels)
    {
        var tensors = new Dictionary<string, int[]>(StringComparer.Ordinal)
        {
            ["encoder.positional_embedding"] = [width, places],
            ["encoder.conv1.weight"] = [3, mels, width],
            ["encoder.conv1.bias"] = [1, width],
            ["encoder.conv2.weight"] = [3, width, width],
            ["encoder.conv2.bias"] = [1, width],
            ["decoder.positional_embedding"] = [width, textPlaces],
            ["decoder.token_embedding.weight"] = [width, tokens],
        };
        Norm("encoder.ln_post");
        Norm("decoder.ln");
        for (var i = 0; i < layers; i++)
        {
            Layer($"encoder.blocks.{i}");
        }

        for (var i = 0; i < textLayers; i++)
        {
            Layer($"decoder.blocks.{i}");
            Attention($"decoder.blocks.{i}.cross_attn");
        }

        return tensors;

        void Norm(string name) => (tensors[name + ".weight"], tensors[name + ".bias"]) = ([width], [width]);

        void Layer(string name)
        {
            Norm(name + ".mlp_ln");
            (tensors[name + ".mlp.0.weight"], tensors[name + ".mlp.0.bias"]) = ([width, 4 * width], [4 * width]);
            (tensors[name + ".mlp.2.weight"], tensors[name + ".mlp.2.bias"]) = ([4 * width, width], [width]);
            Attention(name + ".attn");
        }

        void Attention(string name)
        {
            Norm(name + "_ln");
            foreach (var part in (ReadOnlySpan<string>)["query", "key", "value", "out"])
            {
                tensors[$"{name}.{part}.weight"] = [width, width];
                if (part is not "key")
                {
                    tensors[$"{name}.{part}.bias"] = [width];
                }
            }
        }
    }

    /// <param name="file">At the beginning of a tensor.</param>
    /// <param name="missing">What is still to come; this one is taken out.</param>
    private static void SkipTensor(Reader file, Dictionary<string, int[]> missing)
    {
        var dimensions = file.Int32("a tensor's dimensions", 1, 4);
        var length = file.Int32("the length of a tensor's name", 1, LongestName);
        var type = file.Int32("a tensor's type", 0, 255);
        Span<int> sizes = stackalloc int[4];
        sizes = sizes[..dimensions];
        foreach (ref var size in sizes)
        {
            size = file.Int32("a tensor's size", 1, 1 << 24);
        }

        Span<byte> bytes = stackalloc byte[LongestName];
        file.Bytes(bytes[..length], "a tensor's name");
        var name = Printable(bytes[..length]);
        if (!missing.Remove(name, out var expected))
        {
            throw new InvalidDataException($"its tensor {name} is not one of a model with this header, or comes twice.");
        }

        if (!Trimmed(sizes).SequenceEqual(Trimmed(expected)))
        {
            throw new InvalidDataException($"its tensor {name} does not have the size that its header promises ({string.Join(" x ", expected)}).");
        }

        if (!Types.TryGetValue(type, out var block) || sizes[0] % block.Values != 0)
        {
            throw new InvalidDataException($"its tensor {name} is of a type that is not known ({type}).");
        }

        var values = 1L;
        foreach (var size in sizes)
        {
            values *= size;
        }

        file.Skip(values / block.Values * block.Bytes, "tensor " + name);
    }

    /// <summary>Dimensions of one at the end say nothing.</summary>
    private static ReadOnlySpan<int> Trimmed(ReadOnlySpan<int> sizes)
    {
        var count = sizes.Length;
        while (count > 1 && sizes[count - 1] == 1)
        {
            count--;
        }

        return sizes[..count];
    }

    /// <summary>A name that can be written into a log.</summary>
    private static string Printable(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            text.Append(letter is > 32 and < 127 ? (char)letter : '?');
        }

        return text.ToString();
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
