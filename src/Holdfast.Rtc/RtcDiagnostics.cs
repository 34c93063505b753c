using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Holdfast.Rtc;

/// <summary>What the wire measures of itself; docs/observability.md lists it.</summary>
/// <remarks>
/// What is counted for every packet is counted where it always was, and only read when somebody looks: a packet costs the same whether or not
/// anybody does.
/// </remarks>
public static class RtcDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Holdfast.Rtc";

    /// <summary>The name of the source of spans.</summary>
    public const string SourceName = "Holdfast.Rtc";

    private static readonly ConcurrentDictionary<RtcEndpoint, bool> Endpoints = [];
    private static readonly Meter Meter = new(MeterName);
    private static readonly ActivitySource Source = new(SourceName);

    private static readonly Histogram<double> Handshakes = Meter.CreateHistogram(
        "holdfast.rtc.handshake.duration", "s", "From a client's first authentic check to its keys: the DTLS handshake.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private static readonly Counter<long> Closed = Meter.CreateCounter<long>(
        "holdfast.rtc.connections.closed", "{connection}", "Connections that ended, by reason.");

    private static readonly Histogram<long> Estimates = Meter.CreateHistogram(
        "holdfast.rtc.line.estimate", "bit/s", "What lines to clients are taken for, IP and UDP headers included: a sample of each connection every 5 s.", null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [50_000, 100_000, 200_000, 300_000, 500_000, 750_000, 1_000_000, 1_500_000, 2_500_000, 5_000_000] });

    static RtcDiagnostics()
    {
        Meter.CreateObservableUpDownCounter(
            "holdfast.rtc.connections", static () => Sum(static statistics => statistics.Connections), "{connection}", "Connections there are.");
        Meter.CreateObservableCounter(
            "holdfast.rtc.datagrams", static () => Both(static s => s.DatagramsSent, static s => s.DatagramsReceived), "{datagram}", "Datagrams of any kind, by direction.");
        Meter.CreateObservableCounter(
            "holdfast.rtc.io", static () => Both(static s => s.BytesSent, static s => s.BytesReceived), "By", "Their bytes, without IP and UDP headers.");
        Meter.CreateObservableCounter(
            "holdfast.rtc.drops", static () => Drops(), "{datagram}", "Datagrams not taken in or not sent, by reason.");
    }

    internal static void Add(RtcEndpoint endpoint) => Endpoints[endpoint] = true;

    internal static void Remove(RtcEndpoint endpoint) => Endpoints.TryRemove(endpoint, out _);

    /// <summary>A connection came into another state.</summary>
    /// <param name="change">Which, and why.</param>
    /// <param name="reachedAt">When the client was reached first; null where it was not yet.</param>
    /// <param name="now">Now.</param>
    internal static void OnStateChanged(RtcEvent.StateChanged change, RtcTime? reachedAt, RtcTime now)
    {
        if (change.State == RtcConnectionState.Closed)
        {
            Closed.Add(1, new KeyValuePair<string, object?>("holdfast.reason", Names.Of(change.Reason)));
        }
        else if (change.State == RtcConnectionState.Connected && reachedAt is { } began)
        {
            Handshakes.Record((now - began).TotalSeconds);
            using var span = Source.StartActivity("handshake", ActivityKind.Server, default(ActivityContext), startTime: began.ToDateTimeOffset());
            span?.SetEndTime(now.ToDateTimeOffset().UtcDateTime);
        }
    }

    /// <summary>What the line of a connection is taken for.</summary>
    internal static void OnLineSampled(int bitsPerSecond) => Estimates.Record(bitsPerSecond);

    private static long Sum(Func<RtcEndpointStatistics, long> part) => Endpoints.Keys.Sum(endpoint => part(endpoint.GetStatistics()));

    private static Measurement<long>[] Both(Func<RtcEndpointStatistics, long> sent, Func<RtcEndpointStatistics, long> received) =>
    [
        new(Sum(sent), new KeyValuePair<string, object?>("network.io.direction", "transmit")),
        new(Sum(received), new KeyValuePair<string, object?>("network.io.direction", "receive")),
    ];

    private static IEnumerable<Measurement<long>> Drops() => Endpoints.Keys
        .SelectMany(static endpoint => endpoint.GetStatistics().Dropped)
        .GroupBy(static drop => drop.Key, static drop => drop.Value)
        .Select(static reason => new Measurement<long>(reason.Sum(), new KeyValuePair<string, object?>("holdfast.reason", Names.Of(reason.Key))));

    private static class Names
    {
        private static readonly ConcurrentDictionary<Enum, string> Known = [];

        public static string Of(Enum value) => Known.GetOrAdd(value, static value => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    }
}
