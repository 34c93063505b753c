using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Holdfast.Dialogue;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Holdfast.Speech;

namespace Holdfast.Server.Tests.Operating;

/// <summary>Holds docs/observability.md against the instruments there are.</summary>
public sealed partial class InstrumentDocumentTests
{
    private static readonly Type[] Parts =
        [typeof(RtcDiagnostics), typeof(MediaDiagnostics), typeof(SessionDiagnostics), typeof(SpeechDiagnostics), typeof(DialogueDiagnostics)];

    [Fact]
    public void Every_instrument_is_documented_with_its_kind_and_unit_and_no_other_is()
    {
        var documented = Rows().Select(static row => $"{row.Groups["name"].Value} {row.Groups["kind"].Value} {row.Groups["unit"].Value}");
        Assert.Equal(
            Instruments().Select(static instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}").Order(StringComparer.Ordinal),
            documented.Order(StringComparer.Ordinal));
    }

    /// <summary>The names that an instrument has in Prometheus' format.</summary>
    internal static IEnumerable<string> SeriesOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "bit/s" => "_bit_per_second", _ => "" };
        return KindOf(instrument) switch
        {
            "counter" => [name + "_total"],
            "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    /// <summary>The labels that its series have, as the document says.</summary>
    internal static string[] LabelsOf(Instrument instrument) =>
    [
        .. Rows().Single(row => string.Equals(row.Groups["name"].Value, instrument.Name, StringComparison.Ordinal)).Groups["tags"].Value
            .Split([',', '`', ' '], StringSplitOptions.RemoveEmptyEntries).Select(static tag => tag.Replace('.', '_')),
    ];

    internal static IReadOnlyList<Instrument> Instruments()
    {
        foreach (var part in Parts)
        {
            RuntimeHelpers.RunClassConstructor(part.TypeHandle);
        }

        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Name.StartsWith("holdfast.", StringComparison.Ordinal))
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        return found;
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> or Histogram<long> => "histogram",
        Counter<long> or ObservableCounter<long> or ObservableCounter<double> => "counter",
        _ => "gauge",
    };

    private static MatchCollection Rows() => Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "observability.md")));

    [GeneratedRegex(@"^\| `(?<name>holdfast\.[a-z_.]+)` \| (?<kind>[a-z]+) \| `(?<unit>[^`]+)` \| (?<tags>[^|]*)\| [^|]+ \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Row();
}
