namespace Holdfast.Rtc.Congestion;

/// <summary>Between what an estimate moves, bits a second.</summary>
internal sealed record BandwidthEstimatorOptions
{
    /// <summary>What is assumed of a line of which nothing is known.</summary>
    public const int Unknown = 300_000;

    /// <summary>Where it starts.</summary>
    public int Start { get; init; } = Unknown;

    /// <summary>It is never below: sound and its headers.</summary>
    public int Least { get; init; } = 45_000;

    /// <summary>It is never above: there is nothing that would need more.</summary>
    public int Most { get; init; } = 2_500_000;
}
