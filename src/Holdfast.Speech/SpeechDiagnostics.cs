using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Holdfast.Speech;

/// <summary>What the making of speech measures of itself; docs/observability.md lists it.</summary>
public static class SpeechDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Holdfast.Speech";

    /// <summary>The name of the source of spans: one for each sentence, or part of one, that is made.</summary>
    public const string SourceName = "Holdfast.Speech";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> FirstSound = Meter.CreateHistogram(
        "holdfast.speech.first_sound.duration", "s", "From a sentence to its first sound, by voice.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4] });

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "holdfast.speech.failures", "{sentence}", "Sentences that a voice could not say, so that another one said them, by voice and reason.");

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>A sentence, or a part of one, is made: below what it belongs to, whoever's thread it is made on.</summary>
    /// <param name="trace">What it belongs to, default for nothing; null: to whatever is current.</param>
    internal static Activity? StartSpeaking(ActivityContext? trace)
    {
        if (trace is not { } own)
        {
            return Source.StartActivity("speak");
        }

        Activity.Current = null;
        return Source.StartActivity("speak", ActivityKind.Internal, own);
    }

    internal static void OnFirstSound(string voice, TimeSpan took) =>
        FirstSound.Record(took.TotalSeconds, new KeyValuePair<string, object?>("holdfast.voice", voice));

    internal static void OnFailure(string voice, string reason) =>
        Failures.Add(1, new("holdfast.voice", voice), new("holdfast.reason", reason));
}
