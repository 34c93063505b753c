namespace Holdfast.Avatar;

/// <summary>Says which visemes 10 ms of a voice look like, knowing how that voice usually sounds.</summary>
internal sealed class VisemeReader
{
    // Quieter than this nobody speaks, however quiet the voice.
    private const float Floor = -56;

    // Formants of the vowels in the middle between a man's and a woman's voice, in Hz.
    private static readonly (Viseme Viseme, float First, float Second)[] Vowels =
    [
        (Viseme.Ah, 790, 1320),
        (Viseme.Eh, 590, 1950),
        (Viseme.Eh, 470, 2150),
        (Viseme.Ee, 325, 2450),
        (Viseme.Oh, 520, 880),
        (Viseme.Oo, 355, 800),
        (Viseme.Oo, 370, 1420),
    ];

    private float _peak = -22;
    private float _tract = 1;

    /// <summary>Reads one piece.</summary>
    /// <param name="frame">What was measured.</param>
    /// <param name="weights">Receives how much of each viseme is in it; they add up to 1 at most.</param>
    /// <returns>How loud it is for this voice, 0 (silent) to 1.</returns>
    public float Read(in SpectralFrame frame, Span<float> weights)
    {
        weights.Clear();
        var sound = Hear(frame.Level, out var relative);
        if (sound <= 0)
        {
            return 0;
        }

        // Noise of the breath at teeth and lips.
        var noise = MathF.Max(
            Rise(frame.Hiss, 0.27f, 0.42f),
            Rise(frame.Hiss, 0.08f, 0.16f) * Rise(frame.Murmur, 0.45f, 0.6f) * Rise(frame.HissCentre, 4600, 5100));
        if (noise > 0)
        {
            // "f" and "th" are much weaker than "s", and "f" is noise of all heights.
            var strong = Rise(relative, -21, -16) * (1 - ((1 - Rise(frame.Hiss, 0.70f, 0.85f)) * Rise(frame.HissCentre, 4750, 5150)));
            var sharp = Rise(frame.HissCentre, 4450, 4950);
            weights[(int)Viseme.Hiss] += noise * sound * strong * sharp;
            weights[(int)Viseme.Hush] += noise * sound * strong * (1 - sharp);
            var tongue = Rise(frame.Hiss, 0.72f, 0.85f);
            weights[(int)Viseme.Tongue] += noise * sound * (1 - strong) * tongue;
            weights[(int)Viseme.LipTeeth] += noise * sound * (1 - strong) * (1 - tongue);
        }

        // A hum through the nose, or through nearly closed lips.
        var voiced = sound * (1 - noise);
        var hum = Rise(frame.Murmur, 0.85f, 0.92f) * (1 - Rise(relative, -6, -2)) * (1 - Rise(frame.Second, 1900 * _tract, 2050 * _tract));
        if (voiced * hum > 0)
        {
            var lips = 1 - Rise(frame.Second, 1270 * _tract, 1400 * _tract);
            var teeth = Rise(frame.HissCentre, 4650, 5000);
            weights[(int)Viseme.LipTeeth] += voiced * hum * teeth;
            weights[(int)Viseme.Closed] += voiced * hum * (1 - teeth) * lips;
            weights[(int)Viseme.Tongue] += voiced * hum * (1 - teeth) * (1 - lips);
        }

        ReadVowel(frame, voiced * (1 - hum), relative, weights);
        return Loudness(sound, relative);
    }

    /// <summary>Takes one piece of which it is known what it looks like.</summary>
    /// <param name="level">Its level, dB below full scale.</param>
    /// <returns>How loud it is for this voice, 0 (silent) to 1.</returns>
    public float Read(float level) => Loudness(Hear(level, out var relative), relative);

    private static float Loudness(float sound, float relative) => sound * Math.Clamp(1 + (relative / 30), 0, 1);

    /// <param name="level">Of a piece, dB below full scale.</param>
    /// <param name="relative">The same below the loudest of this voice.</param>
    /// <returns>How much of it is the voice's, 0 to 1.</returns>
    private float Hear(float level, out float relative)
    {
        _peak = level > _peak ? _peak + ((level - _peak) * 0.4f) : MathF.Max(-40, _peak - 0.01f);
        relative = level - _peak;
        return Rise(level, Floor, Floor + 6) * Rise(relative, -40, -33);
    }

    private void ReadVowel(in SpectralFrame frame, float voiced, float relative, Span<float> weights)
    {
        if (voiced < 0.05f)
        {
            return;
        }

        if (relative > -14 && frame.Second > 600)
        {
            // Over a second or two the second formants of any speech average near 1550 Hz for a tract of middle length.
            var heard = Math.Clamp(frame.Second / 1550, 0.6f, 1.6f);
            _tract = Math.Clamp(_tract + ((MathF.Sqrt(heard) - _tract) * 0.002f), 0.88f, 1.14f);
        }

        Span<float> close = stackalloc float[Vowels.Length];
        var sum = 1e-6f;
        for (var i = 0; i < Vowels.Length; i++)
        {
            var first = MathF.Log2(frame.First / (Vowels[i].First * _tract)) / 0.30f;
            var second = MathF.Log2(frame.Second / (Vowels[i].Second * _tract)) / 0.30f;
            close[i] = MathF.Exp(-0.5f * ((first * first) + (second * second)));
            sum += close[i];
        }

        // A quiet vowel is a small one.
        var size = Math.Clamp(1 + ((relative + 6) / 22), 0.35f, 1) * voiced;
        for (var i = 0; i < Vowels.Length; i++)
        {
            weights[(int)Vowels[i].Viseme] += close[i] / sum * size;
        }
    }

    /// <summary>0 below <paramref name="from"/>, 1 above <paramref name="to"/>, smooth between.</summary>
    private static float Rise(float value, float from, float to)
    {
        var part = Math.Clamp((value - from) / (to - from), 0, 1);
        return part * part * (3 - (2 * part));
    }
}
