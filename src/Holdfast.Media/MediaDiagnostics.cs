using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Holdfast.Media;

/// <summary>What the media clock and the streams of pictures measure of themselves; docs/observability.md lists it.</summary>
public static class MediaDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Holdfast.Media";

    private static readonly ConcurrentDictionary<MediaPacer, bool> Pacers = [];
    private static readonly Meter Meter = new(MeterName);

    private static readonly KeyValuePair<string, object?> Live = new("holdfast.source", "live");
    private static readonly KeyValuePair<string, object?> Loop = new("holdfast.source", "loop");

    private static readonly Counter<long> Pictures = Meter.CreateCounter<long>(
        "holdfast.media.pictures", "{picture}", "Pictures sent: encoded for one session, or taken from the shared loop.");

    private static readonly Counter<long> LeftOut = Meter.CreateCounter<long>(
        "holdfast.media.pictures.left_out", "{picture}", "Pictures that there was no time for.");

    static MediaDiagnostics()
    {
        Meter.CreateObservableUpDownCounter(
            "holdfast.media.members", static () => Sum(static statistics => statistics.Members), "{session}", "Sessions that are paced now.");
        Meter.CreateObservableCounter(
            "holdfast.media.ticks", static () => Sum(static statistics => statistics.Ticks), "{tick}", "Ticks of 20 ms that were run, all loops and their phases together.");
        Meter.CreateObservableCounter(
            "holdfast.media.ticks.late", static () => Sum(static statistics => statistics.LateTicks), "{tick}", "Those of them that ran more than a tick late.");
        Meter.CreateObservableCounter(
            "holdfast.media.ticks.skipped", static () => Sum(static statistics => statistics.SkippedTicks), "{tick}", "Ticks left out because this machine is overloaded.");
        Meter.CreateObservableCounter(
            "holdfast.media.faults", static () => Sum(static statistics => statistics.Faults), "{fault}", "Exceptions thrown by what is paced.");
    }

    internal static void Add(MediaPacer pacer)
    {
        Pacers[pacer] = true;

        // What graphs and alerts look at is there from the start, at zero.
        Pictures.Add(0, Live);
        Pictures.Add(0, Loop);
        LeftOut.Add(0);
    }

    internal static void Remove(MediaPacer pacer) => Pacers.TryRemove(pacer, out _);

    internal static void OnPicture(bool isLive) => Pictures.Add(1, isLive ? Live : Loop);

    internal static void OnPictureLeftOut() => LeftOut.Add(1);

    private static long Sum(Func<MediaPacerStatistics, long> part) => Pacers.Keys.Sum(pacer => part(pacer.Statistics));
}
