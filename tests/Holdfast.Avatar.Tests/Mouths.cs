namespace Holdfast.Avatar.Tests;

/// <summary>The mouth of one viseme alone; speech always mixes.</summary>
internal static class Mouths
{
    public static MouthShape Of(Viseme viseme)
    {
        Span<float> weights = stackalloc float[Visemes.Count];
        weights.Clear();
        weights[(int)viseme] = 1;
        return Visemes.Mix(weights);
    }
}
