using System.Text;
using System.Text.Json;

namespace Holdfast.Speech.Tests;

/// <summary>
/// A model with the inputs and the output of a Piper voice, written by hand: for each number it gets it gives a short tone as loud as the number is
/// high, and as long as the second scale says.
/// </summary>
/// <remarks>Protobuf as onnx.proto has it; field numbers in the names of the calls' arguments.</remarks>
internal static class TinyVits
{
    private const int Float = 1, Int64 = 7;

    /// <summary>Samples for each number, at a length scale of 1.</summary>
    public const int SamplesEach = 4 * 64;

    public static readonly string Symbols = "_^$ abcdefghijklmnopqrstuvwxyzəɪʊɛæɑɐɔɹŋθðʃʒɡːˈˌ,.!?ᵻɚɾ";

    /// <summary>Writes both files.</summary>
    /// <returns>The model's path.</returns>
    public static string Write(string directory, bool speakers = false)
    {
        var path = Path.Combine(directory, "tiny.onnx");
        File.WriteAllBytes(path, Model(speakers));
        File.WriteAllText(path + ".json", JsonSerializer.Serialize(new
        {
            audio = new { sample_rate = 22_050 },
            espeak = new { voice = "en-us" },
            inference = new { noise_scale = 0.667, length_scale = 1.0, noise_w = 0.8 },
            num_speakers = speakers ? 3 : 1,
            phoneme_id_map = Symbols.Select((symbol, i) => (Symbol: symbol.ToString(), Ids: new[] { i }))
                .ToDictionary(pair => pair.Symbol, pair => pair.Ids, StringComparer.Ordinal),
        }));
        return path;
    }

    private static byte[] Model(bool speakers)
    {
        var sine = new float[64];
        for (var i = 0; i < sine.Length; i++)
        {
            sine[i] = 0.001f * MathF.Sin(2 * MathF.PI * 2 * i / sine.Length);
        }

        byte[][] graph =
        [
            Field(1, Node("Cast", ["input"], "numbers", ("to", Float))),
            Field(1, Node("Unsqueeze", ["numbers", "last"], "column")),
            Field(1, Node("Gather", ["scales", "second"], "length")),
            Field(1, Node("Mul", ["length", "four"], "times")),
            Field(1, Node("Cast", ["times"], "count", ("to", Int64))),
            Field(1, Node("Concat", ["ones", "count"], "repeats", ("axis", 0))),
            Field(1, Node("Tile", ["sine", "repeats"], "tone")),
            Field(1, Node("Mul", ["column", "tone"], "tones")),
            Field(1, Node("Reshape", ["tones", "shape"], "output")),
            Field(2, "tiny"u8),
            Field(5, Tensor("sine", [1, 1, sine.Length], sine)),
            Field(5, Tensor("four", [1], [4f])),
            Field(5, Tensor("last", [1], [2L])),
            Field(5, Tensor("second", [1], [1L])),
            Field(5, Tensor("ones", [2], [1L, 1L])),
            Field(5, Tensor("shape", [4], [1L, 1L, 1L, -1L])),
            Field(11, Value("input", Int64, "batch", "phonemes")),
            Field(11, Value("input_lengths", Int64, "batch")),
            Field(11, Value("scales", Float, "three")),
            .. speakers ? [Field(11, Value("sid", Int64, "batch"))] : Array.Empty<byte[]>(),
            Field(12, Value("output", Float, "batch", "one", "channel", "time")),
        ];
        return [.. Number(1, 8), .. Field(8, [.. Field(1, []), .. Number(2, 13)]), .. Field(7, [.. graph.SelectMany(part => part)])];
    }

    private static byte[] Node(string kind, string[] inputs, string output, (string Name, int Value)? attribute = null) =>
    [
        .. inputs.SelectMany(input => Field(1, Text(input))),
        .. Field(2, Text(output)),
        .. Field(4, Text(kind)),
        .. attribute is var (name, value) ? Field(5, [.. Field(1, Text(name)), .. Number(3, (ulong)value), .. Number(20, 2)]) : [],
    ];

    private static byte[] Tensor(string name, long[] dimensions, float[] values) =>
        Tensor(name, dimensions, Float, [.. values.SelectMany(BitConverter.GetBytes)]);

    private static byte[] Tensor(string name, long[] dimensions, long[] values) =>
        Tensor(name, dimensions, Int64, [.. values.SelectMany(BitConverter.GetBytes)]);

    private static byte[] Tensor(string name, long[] dimensions, int type, byte[] data) =>
        [.. dimensions.SelectMany(length => Number(1, (ulong)length)), .. Number(2, (ulong)type), .. Field(8, Text(name)), .. Field(9, data)];

    private static byte[] Value(string name, int type, params string[] dimensions)
    {
        byte[] shape = [.. dimensions.SelectMany(dimension => Field(1, Field(2, Text(dimension))))];
        return [.. Field(1, Text(name)), .. Field(2, Field(1, [.. Number(1, (ulong)type), .. Field(2, shape)]))];
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Field(int number, ReadOnlySpan<byte> content) =>
        [.. Variable(((ulong)number << 3) | 2), .. Variable((ulong)content.Length), .. content];

    private static byte[] Number(int number, ulong value) => [.. Variable((ulong)number << 3), .. Variable(value)];

    private static byte[] Variable(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
