using System.Text;

namespace Holdfast.Speech.Tests;

/// <summary>
/// A model of Whisper, written by hand: small, real, and deaf. Whatever it is given, it writes the words that it was made with, in English or in Chinese, as
/// it is told by the token of the language; not told, it takes everything for English.
/// </summary>
/// <remarks>
/// <para>
/// Its layers add nothing but one thing: the decoder's attention looks at all places alike, and brings along which language stands at the second. Each place
/// has a vector of its own, and each token that is to be written there has the same one; so the most likely token at a place is the one of that place.
/// </para>
/// <para>
/// The layout is that of whisper.cpp's ggml files: see <see cref="WhisperModelFile"/>. Numbers of tokens are Whisper's own: those of words begin at 0, those
/// that are no words lie behind 50,256.
/// </para>
/// </remarks>
internal sealed class TinyWhisper
{
    private const int Width = 32, Places = 64, Mels = 80;

    /// <summary>Dimensions with a meaning; words follow, first all the English ones.</summary>
    private const int Begin = 0, End = 1, English = 2, Chinese = 3, Detected = 4, FirstWord = 5;

    private readonly string[] _words;
    private readonly string[] _chinese;
    private readonly bool _isMultilingual;
    private readonly float _noSpeech;

    private TinyWhisper(string[] words, string[] chinese, bool isMultilingual, bool isSilence)
    {
        (_words, _chinese, _isMultilingual, _noSpeech) = (words, chinese, isMultilingual, isSilence ? 1.1f : 0);
    }

    private int Shift => _isMultilingual ? 1 : 0;

    /// <summary>Places before the first that is written: "begin", and where there are several languages "language" and "write down".</summary>
    private int Prompt => _isMultilingual ? 3 : 1;

    /// <summary>Writes a model.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="english">What it writes in English, a token each, with the space before it; seven at the most.</param>
    /// <param name="chinese">What it writes in Chinese, as many tokens; null for a model that knows English only.</param>
    /// <param name="isSilence">Whether it finds it likely that nobody spoke.</param>
    /// <returns>The file's path.</returns>
    public static string Write(string directory, string[] english, string[]? chinese = null, bool isSilence = false)
    {
        var path = Path.Combine(directory, "ggml-tiny-test.bin");
        File.WriteAllBytes(path, new TinyWhisper(english, chinese ?? new string[english.Length], chinese is not null, isSilence).Bytes());
        return path;
    }

    private byte[] Bytes()
    {
        using var stream = new MemoryStream();
        using var file = new BinaryWriter(stream);
        file.Write(0x67676d6c);
        foreach (var number in new[] { 51_864 + Shift, Places, Width, 1, 1, Places, Width, 1, 1, Mels, 1 })
        {
            file.Write(number);
        }

        file.Write(Mels);
        file.Write(201);
        file.Write(new byte[Mels * 201 * sizeof(float)]);
        string[] vocabulary = [" ", .. _words, .. _isMultilingual ? _chinese : []];
        file.Write(vocabulary.Length);
        foreach (var word in vocabulary)
        {
            var bytes = Encoding.UTF8.GetBytes(word);
            file.Write(bytes.Length);
            file.Write(bytes);
        }

        Encoder(file);
        Decoder(file);
        file.Flush();
        return stream.ToArray();
    }

    private static void Encoder(BinaryWriter file)
    {
        Floats(file, "encoder.positional_embedding", [Width, Places]);
        Halves(file, "encoder.conv1.weight", [3, Mels, Width]);
        Floats(file, "encoder.conv1.bias", [1, Width]);
        Halves(file, "encoder.conv2.weight", [3, Width, Width]);
        Floats(file, "encoder.conv2.bias", [1, Width]);
        Norm(file, "encoder.ln_post", 1);
        Layer(file, "encoder.blocks.0");
        Attention(file, "encoder.blocks.0.attn", [], []);
    }

    private void Decoder(BinaryWriter file)
    {
        Floats(file, "decoder.positional_embedding", [Width, Places], At());
        Halves(file, "decoder.token_embedding.weight", [Width, 51_864 + Shift], Tokens());
        Norm(file, "decoder.ln", 20);
        Layer(file, "decoder.blocks.0");

        // Value 0 is how English the second place is, value 1 how Chinese; all words of the language become likelier by it.
        var value = new Dictionary<int, float> { [Cell(0, English)] = 1, [Cell(1, Chinese)] = 1 };
        var result = new Dictionary<int, float>();
        for (var i = 0; i < _words.Length; i++)
        {
            result[Cell(FirstWord + i, 0)] = 10;
            result[Cell(FirstWord + _words.Length + i, 1)] = 10;
        }

        Attention(file, "decoder.blocks.0.attn", value, result);
        Attention(file, "decoder.blocks.0.cross_attn", [], []);
    }

    /// <summary>What is written at each place. Words need less to be written, since their language adds to them; the others must outdo that.</summary>
    private Dictionary<int, float> At()
    {
        var places = new Dictionary<int, float> { [Cell(Prompt - 1, Begin)] = 60 };
        if (_isMultilingual)
        {
            places[Cell(0, Detected)] = 10;
        }

        for (var i = 0; i < _words.Length; i++)
        {
            places[Cell(Prompt + i, FirstWord + i)] = 10;
            if (_isMultilingual)
            {
                places[Cell(Prompt + i, FirstWord + _words.Length + i)] = 10;
            }
        }

        for (var place = Prompt + _words.Length; place < Places; place++)
        {
            places[Cell(place, End)] = 60;
        }

        return places;
    }

    private Dictionary<int, float> Tokens()
    {
        var (end, begin, nobody) = (50_256 + Shift, 50_363 + Shift, 50_361 + Shift);
        var tokens = new Dictionary<int, float> { [Cell(begin, Begin)] = 1, [Cell(end, End)] = 1, [Cell(nobody, Begin)] = _noSpeech };
        for (var i = 0; i < _words.Length; i++)
        {
            tokens[Cell(1 + i, FirstWord + i)] = 1;
            if (_isMultilingual)
            {
                tokens[Cell(1 + _words.Length + i, FirstWord + _words.Length + i)] = 1;
            }
        }

        if (_isMultilingual)
        {
            // Languages stand behind the token of the beginning, English first, Chinese second.
            (tokens[Cell(50_259, English)], tokens[Cell(50_259, Detected)], tokens[Cell(50_260, Chinese)]) = (1, 1, 1);
        }

        return tokens;
    }

    private static int Cell(int row, int column) => (row * Width) + column;

    private static void Layer(BinaryWriter file, string name)
    {
        Norm(file, name + ".mlp_ln", 1);
        Halves(file, name + ".mlp.0.weight", [Width, 4 * Width]);
        Floats(file, name + ".mlp.0.bias", [4 * Width]);
        Halves(file, name + ".mlp.2.weight", [4 * Width, Width]);
        Floats(file, name + ".mlp.2.bias", [Width]);
    }

    private static void Attention(BinaryWriter file, string name, Dictionary<int, float> value, Dictionary<int, float> result)
    {
        Norm(file, name + "_ln", 1);
        Halves(file, name + ".query.weight", [Width, Width]);
        Floats(file, name + ".query.bias", [Width]);
        Halves(file, name + ".key.weight", [Width, Width]);
        Halves(file, name + ".value.weight", [Width, Width], value);
        Floats(file, name + ".value.bias", [Width]);
        Halves(file, name + ".out.weight", [Width, Width], result);
        Floats(file, name + ".out.bias", [Width]);
    }

    private static void Norm(BinaryWriter file, string name, float weight)
    {
        Floats(file, name + ".weight", [Width], Enumerable.Range(0, Width).ToDictionary(static i => i, _ => weight));
        Floats(file, name + ".bias", [Width]);
    }

    private static void Floats(BinaryWriter file, string name, int[] size, Dictionary<int, float>? values = null)
    {
        var data = Header(file, name, type: 0, size, sizeof(float));
        foreach (var (at, value) in values ?? [])
        {
            BitConverter.TryWriteBytes(data.AsSpan(at * sizeof(float)), value);
        }

        file.Write(data);
    }

    private static void Halves(BinaryWriter file, string name, int[] size, Dictionary<int, float>? values = null)
    {
        var data = Header(file, name, type: 1, size, sizeof(ushort));
        foreach (var (at, value) in values ?? [])
        {
            BitConverter.TryWriteBytes(data.AsSpan(at * sizeof(ushort)), (Half)value);
        }

        file.Write(data);
    }

    private static byte[] Header(BinaryWriter file, string name, int type, int[] size, int bytes)
    {
        file.Write(size.Length);
        file.Write(name.Length);
        file.Write(type);
        foreach (var count in size)
        {
            file.Write(count);
        }

        file.Write(Encoding.ASCII.GetBytes(name));
        return new byte[size.Aggregate(1, static (all, count) => all * count) * bytes];
    }
}
