using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>What a mouth looks like while a class of sounds is made.</summary>
internal enum Viseme
{
    /// <summary>Silence.</summary>
    Rest,

    /// <summary>p, b, m: lips pressed.</summary>
    Closed,

    /// <summary>f, v: lower lip at the upper teeth.</summary>
    LipTeeth,

    /// <summary>th, l, d, n: tongue behind the teeth.</summary>
    Tongue,

    /// <summary>a as in "father".</summary>
    Ah,

    /// <summary>e, i as in "bed", "sit".</summary>
    Eh,

    /// <summary>ee as in "see".</summary>
    Ee,

    /// <summary>o as in "more".</summary>
    Oh,

    /// <summary>u, w as in "you".</summary>
    Oo,

    /// <summary>s, z: teeth together, lips spread.</summary>
    Hiss,

    /// <summary>sh, ch, j: teeth together, lips forward.</summary>
    Hush,
}

/// <summary>The mouth of each viseme.</summary>
internal static class Visemes
{
    /// <summary>How many there are.</summary>
    public const int Count = 11;

    //                                 open  width  round upper lower tongue press tuck
    private static readonly MouthShape[] Shapes =
    [
        MouthShape.Rest,
        new MouthShape(0.00f, -0.06f, 0.05f, 0.00f, 0.00f, 0.00f, 1.00f, 0.00f),
        new MouthShape(0.20f, 0.05f, 0.00f, 1.00f, 0.00f, 0.00f, 0.00f, 1.00f),
        new MouthShape(0.38f, 0.10f, 0.00f, 0.90f, 0.00f, 1.00f, 0.00f, 0.00f),
        new MouthShape(1.00f, 0.02f, 0.05f, 0.80f, 0.10f, 0.30f, 0.00f, 0.00f),
        new MouthShape(0.56f, 0.50f, 0.00f, 0.90f, 0.15f, 0.45f, 0.00f, 0.00f),
        new MouthShape(0.32f, 0.95f, 0.00f, 1.00f, 0.40f, 0.50f, 0.00f, 0.00f),
        new MouthShape(0.74f, -0.62f, 0.65f, 0.35f, 0.00f, 0.15f, 0.00f, 0.00f),
        new MouthShape(0.36f, -1.00f, 1.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f),
        new MouthShape(0.22f, 0.62f, 0.00f, 1.00f, 1.00f, 0.10f, 0.00f, 0.00f),
        new MouthShape(0.34f, -0.42f, 0.60f, 1.00f, 1.00f, 0.00f, 0.00f, 0.00f),
    ];

    /// <summary>The mouth for a mixture; the weights should add up to at most 1, the rest is <see cref="Viseme.Rest"/>.</summary>
    public static MouthShape Mix(ReadOnlySpan<float> weights)
    {
        MouthShape sum = default;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += Shapes[i] * weights[i];
        }

        return sum;
    }
}
