using Holdfast.Lab.Measure;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Lab.Line.Relayed;

/// <summary>
/// Makes of a record what the lines in virtual time tell, by the same rules. Only what is late is found differently: nobody knows when something was
/// sent, so the packet that took the shortest, by its own timestamp, is taken to have waited nowhere.
/// </summary>
internal sealed class LineJudge(LineScenario scenario, LineRecord record, RtcTime connected, IReadOnlyList<uint> words)
{
    private const int HeaderBytes = 28;

    /// <summary>A gap is repaired by what the packet behind it carries; more than three packets beyond that are torn.</summary>
    private const int MostMissing = 3;

    /// <summary>A word and the pause behind it.</summary>
    private const int LongestWordTicks = 40;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(1);

    private readonly RtcTime _end = connected + scenario.Duration;
    private readonly IReadOnlyList<RelayedPacket> _packets =
        [.. record.Packets.Where(packet => packet.At >= connected && packet.At < connected + scenario.Duration)];

    private readonly IReadOnlyList<Arrival> _pictures = [.. record.Pictures.Where(picture => picture.At < connected + scenario.Duration)];
    private readonly IReadOnlyList<Arrival> _sound = [.. record.Sound.Where(sound => sound.At < connected + scenario.Duration)];

    /// <summary>When the line is taken to be settled: 5 s after the avatar began to speak, or in the middle of a short run.</summary>
    private TimeSpan UsedFrom => scenario.SpeaksFrom + TimeSpan.FromSeconds(5) < scenario.Duration ? scenario.SpeaksFrom + TimeSpan.FromSeconds(5) : scenario.Duration / 2;

    public SenderResult Judge(string sender)
    {
        var late = Late(_sound, AudioReceiver.ClockRate);
        var (sound, pictures) = (Figures(late), Figures(Late(_pictures, VideoReceiver.ClockRate)));
        var waited = new Samples();
        foreach (var packet in _packets.Where(packet => packet.Verdict.IsDelivered && packet.At - connected >= Settling))
        {
            waited.Add(packet.Verdict.At - packet.At - scenario.Delay);
        }

        var heard = Heard();
        var (missing, gaps) = Missing(heard, 1, Expected(heard));
        var freezes = Freezes();
        var result = new LineResult(
            scenario.Name,
            _pictures.Count > 0 ? Math.Round((_pictures[0].At - connected).TotalSeconds, 3) : null,
            Math.Round(sound?.P50 ?? 0, 1),
            Math.Round(sound?.P95 ?? 0, 1),
            Math.Round(pictures?.P95 ?? 0, 1),
            Math.Round(_pictures.Count / scenario.Duration.TotalSeconds, 1),
            freezes.Count,
            Math.Round(freezes.Duration.TotalSeconds, 1),
            Words(heard).Count(),
            Words(heard).Count(word => Missing(heard, word.First, word.Last).Gaps > 0),
            Math.Round(missing / (double)Math.Max(1, Expected(heard)), 4),
            Math.Round(Use(), 3),
            SettledAfterStep: null,
            Math.Round(_packets.Count(static packet => packet.Verdict.Fate == PacketFate.QueueFull) / (double)Math.Max(1, _packets.Count), 4),
            Series(late));
        var line = waited.Summarize();
        return new SenderResult(
            sender, result, gaps, Math.Round(line?.P50 ?? 0, 1), Math.Round(line?.P95 ?? 0, 1), Middle(record.Widths), Middle(record.Quantizers));
    }

    private static int Middle(IReadOnlyList<int> values) => values.Order().ElementAtOrDefault(values.Count / 2);

    /// <summary>How much later each came than the one that took the shortest, ms.</summary>
    private static List<(RtcTime At, double Late)> Late(IReadOnlyList<Arrival> arrivals, int clockRate)
    {
        var took = arrivals.Select(arrival => (arrival.At, Took: (arrival.At - arrivals[0].At).TotalMilliseconds
            - (unchecked((int)(arrival.Timestamp - arrivals[0].Timestamp)) * 1e3 / clockRate))).ToList();
        var least = took.Select(static one => one.Took).DefaultIfEmpty().Min();
        return took.ConvertAll(one => (one.At, one.Took - least));
    }

    private Figures? Figures(List<(RtcTime At, double Late)> late)
    {
        var samples = new Samples();
        foreach (var (_, delay) in late.Where(one => one.At - connected >= Settling))
        {
            samples.Add(TimeSpan.FromMilliseconds(delay));
        }

        return samples.Summarize();
    }

    /// <summary>The places of the sound that came, in 20 ms from the first.</summary>
    private HashSet<int> Heard() => [.. _sound.Select(sound => TickOf(sound.Timestamp))];

    private int TickOf(uint timestamp) => unchecked((int)(timestamp - _sound[0].Timestamp)) / SoundFormat.SamplesPerFrame;

    /// <summary>How many places there should be. What is under way in the end is not missing, unless nothing came for a while.</summary>
    private int Expected(HashSet<int> heard) => _sound.Count == 0 ? 0
        : _end - _sound[^1].At < Still ? heard.Max()
        : (int)((_end - _sound[0].At) / MediaTick.Duration);

    /// <summary>How many places are missing, and how many gaps they make that could not be made up.</summary>
    private static (int Count, int Gaps) Missing(HashSet<int> heard, int first, int last)
    {
        var (count, gaps, gap) = (0, 0, 0);
        for (var tick = first; tick < last; tick++)
        {
            gap = heard.Contains(tick) ? 0 : gap + 1;
            count += gap > 0 ? 1 : 0;
            gaps += gap == MostMissing + 2 ? 1 : 0;
        }

        return (count, gaps);
    }

    private IEnumerable<(int First, int Last)> Words(HashSet<int> heard)
    {
        var last = Expected(heard);
        for (var i = 0; i < words.Count && _sound.Count > 0; i++)
        {
            var first = TickOf(words[i]);
            var end = first + LongestWordTicks;
            end = i + 1 < words.Count ? Math.Min(end, TickOf(words[i + 1])) : end;
            if (first >= 0 && end <= last)
            {
                yield return (first, end);
            }
        }
    }

    private (int Count, TimeSpan Duration) Freezes()
    {
        var meter = new FreezeMeter();
        foreach (var picture in _pictures)
        {
            meter.OnPicture(picture.At);
        }

        var last = _pictures.Count > 0 ? _end - _pictures[^1].At : TimeSpan.Zero;
        return (meter.Count, meter.Duration + (last > Still ? last : TimeSpan.Zero));
    }

    private double Use()
    {
        var carried = _packets.Where(packet => packet.Verdict.IsDelivered && packet.At - connected >= UsedFrom).Sum(static packet => packet.Length + HeaderBytes);
        return carried * 8 / (scenario.Bandwidth * (scenario.Duration - UsedFrom).TotalSeconds);
    }

    private List<LineSample> Series(List<(RtcTime At, double Late)> late)
    {
        var series = new List<LineSample>();
        for (var at = connected + Sample; at <= _end; at += Sample)
        {
            var (from, to) = (at - Sample, at);
            var newest = late.FindLastIndex(one => one.At < to);
            series.Add(new LineSample(
                Math.Round((at - connected).TotalSeconds, 1),
                scenario.Bandwidth / 1e3,
                Math.Round(_packets.Where(packet => packet.At >= from && packet.At < to).Sum(static packet => packet.Length + HeaderBytes) * 8 / Sample.TotalSeconds / 1e3, 1),
                Estimate: 0,
                newest < 0 ? 0 : Math.Round(late[newest].Late, 1),
                _pictures.Count(picture => picture.At >= from && picture.At < to)));
        }

        return series;
    }
}
