using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Holdfast.Dialogue;

/// <summary>
/// What conversations measure of themselves; docs/observability.md lists it. The spans and measurements of the model calls below them, with the
/// same names of source and meter, follow OpenTelemetry's conventions for generative AI.
/// </summary>
public static class DialogueDiagnostics
{
    /// <summary>The name of the source of spans: one for each turn.</summary>
    public const string SourceName = "Holdfast.Dialogue";

    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Holdfast.Dialogue";

    private static readonly Meter Meter = new(MeterName);
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 30] };

    private static readonly Histogram<double> FirstToken = Meter.CreateHistogram(
        "holdfast.dialogue.first_token.duration", "s", "From a question to the model's first word, by model.", null, Seconds);

    private static readonly Histogram<double> FirstSentence = Meter.CreateHistogram(
        "holdfast.dialogue.first_sentence.duration", "s", "From a question to the first sentence that can be said, by model.", null, Seconds);

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "holdfast.dialogue.failures", "{call}", "Calls of a model that came to nothing, by model and reason.");

    internal static ActivitySource Source { get; } = new(SourceName);

    internal static void OnAnswerBegan(string model, TimeSpan firstToken, TimeSpan firstSentence)
    {
        var tag = new KeyValuePair<string, object?>("gen_ai.request.model", model);
        FirstToken.Record(firstToken.TotalSeconds, tag);
        FirstSentence.Record(firstSentence.TotalSeconds, tag);
    }

    internal static void OnModelFailed(string model, string reason) =>
        Failures.Add(1, new("gen_ai.request.model", model), new("holdfast.reason", reason));
}
