namespace Holdfast.Avatar;

/// <summary>
/// Reads lips into sound: takes speech in blocks of 20 ms and gives the mouth for each, whatever language it is in.
/// </summary>
/// <remarks>
/// A mouth gets into position before its sound is heard, so the shape for a block is made from the sound 40 ms later,
/// averaged over some 50 ms; shapes therefore come three blocks after their sound. One voice at a time: level and length of
/// the vocal tract are followed slowly.
/// </remarks>
internal sealed class LipSync
{
    /// <summary>Blocks that must have come after a block before its shape is known.</summary>
    public const int Delay = 3;

    private const int BlockMilliseconds = 20;
    private const int FramesPerBlock = 2;
    private const int Kept = 8;

    // Weights of five 10 ms pieces, their sum 1.
    private static readonly float[] Kernel = [0.12f, 0.23f, 0.30f, 0.23f, 0.12f];

    // It knows nothing of what it measured before, and is large: one for all voices of a thread.
    [ThreadStatic]
    private static SpectralAnalyzer? t_analyzer;

    [ThreadStatic]
    private static float[]? t_silence;

    private readonly int _sampleRate;
    private readonly VisemeReader _reader = new();
    private readonly int _historyLength;

    // Null after silence, when it is nothing but zeros: a voice that waits keeps none.
    private float[]? _history;
    private readonly float[][] _frames = new float[Kept][];
    private readonly float[] _loudness = new float[Kept];
    private readonly float[] _mixed = new float[Visemes.Count];
    private readonly int _block;
    private int _quiet;
    private long _pushed;
    private MouthShape _shape;

    /// <param name="sampleRate">Samples a second of the sound, 16,000 or more.</param>
    public LipSync(int sampleRate)
    {
        _sampleRate = sampleRate;
        _block = sampleRate * BlockMilliseconds / 1000;
        _historyLength = Analyzer.Length + (_block / FramesPerBlock);
        for (var i = 0; i < Kept; i++)
        {
            _frames[i] = new float[Visemes.Count];
        }
    }

    /// <summary>Samples in a block of 20 ms.</summary>
    public int BlockLength => _block;

    private SpectralAnalyzer Analyzer =>
        t_analyzer is { } analyzer && analyzer.SampleRate == _sampleRate ? analyzer : t_analyzer = new SpectralAnalyzer(_sampleRate);

    /// <summary>
    /// Takes the next block and gives the mouth for the one <see cref="Delay"/> blocks before it.
    /// </summary>
    /// <param name="pcm"><see cref="BlockLength"/> samples, signed 16 bit; empty stands for silence.</param>
    /// <param name="isTold">Whether the mouth is known for each of the <see cref="Delay"/> blocks before it: then only its loudness is read.</param>
    /// <param name="mouth">The mouth, if the result is true.</param>
    /// <param name="loudness">How loud this voice is at that moment, 0 (silent) to 1.</param>
    /// <returns>False for the first <see cref="Delay"/> blocks.</returns>
    public bool Push(ReadOnlySpan<short> pcm, bool isTold, out MouthShape mouth, out float loudness)
    {
        var half = _block / FramesPerBlock;
        var analyzer = Analyzer;
        for (var part = 0; part < FramesPerBlock; part++)
        {
            var heard = Append(pcm.IsEmpty ? default : pcm.Slice(part * half, half), half);
            var slot = (int)(((_pushed * FramesPerBlock) + part) % Kept);
            heard = heard[^analyzer.Length..];
            if (isTold)
            {
                _frames[slot].AsSpan().Clear();
                _loudness[slot] = _reader.Read(analyzer.LevelOf(heard));
            }
            else
            {
                _loudness[slot] = _reader.Read(analyzer.Measure(heard), _frames[slot]);
            }
        }

        var block = _pushed++ - Delay;
        mouth = default;
        loudness = 0;
        if (block < 0)
        {
            return false;
        }

        // Piece k lies around 10 k ms; this block's middle, 40 ms ahead, is at piece 2 n + 5.
        var centre = (block * FramesPerBlock) + 5;
        Array.Clear(_mixed);
        for (var i = 0; i < Kernel.Length; i++)
        {
            var frame = _frames[(centre + i - 2) % Kept];
            for (var v = 0; v < Visemes.Count; v++)
            {
                _mixed[v] += frame[v] * Kernel[i];
            }

            loudness += _loudness[(centre + i - 2) % Kept] * Kernel[i];
        }

        var target = Visemes.Mix(_mixed);

        // Lips open and meet quickly, and relax slowly.
        var attack = target.Open > _shape.Open || target.Press > _shape.Press ? 0.72f : 0.55f;
        _shape = MouthShape.Blend(_shape, target, attack);
        if (MouthShape.Distance(_shape, target) < 0.015f)
        {
            _shape = target;
        }

        mouth = _shape;
        return true;
    }

    /// <summary>The mouth of the block of the moment is another, since it is known; what follows goes on from there.</summary>
    public void Show(in MouthShape mouth) => _shape = mouth;

    /// <returns>What was heard last.</returns>
    private ReadOnlySpan<float> Append(ReadOnlySpan<short> pcm, int count)
    {
        _quiet = pcm.IsEmpty ? Math.Min(_quiet + count, _historyLength) : 0;
        if (_quiet == _historyLength)
        {
            _history = null;
            return t_silence is { } silence && silence.Length >= _historyLength ? silence : t_silence = new float[_historyLength];
        }

        _history ??= new float[_historyLength];
        Array.Copy(_history, count, _history, 0, _history.Length - count);
        var end = _history.AsSpan(_history.Length - count);
        end.Clear();
        for (var i = 0; i < pcm.Length; i++)
        {
            end[i] = pcm[i] * (1f / 32768);
        }

        return _history;
    }
}
