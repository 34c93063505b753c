using System.Xml.Linq;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>What a reader needs to judge the page, and to make it again.</summary>
internal static class Explanations
{
    private static readonly (string Name, string Text)[] _numbers =
    [
        ("Noticed after", "From the beginning of the outage to the first thing that the page showed of it. It includes the silence that the player waits for before it speaks of an interruption."),
        ("Back, from the click", "From the person’s click on the button to the first new picture on the page. Where several clicks were needed, their number is given."),
        ("Back, from the path’s return", "Where nobody clicked: from the moment the path was there again to the first new picture."),
        ("Level", "Which step of the ladder brought it back: 0, the path healed by itself; 1, a restart of the path; 2, a restart with the server’s help; 3, a new connection. The session is the same at each of them."),
        ("Words lost", "Words of the passage that were not heard whole even once. The lab listens to the sound that the browser received and knows each word by how the same server speaks it undisturbed."),
        ("Said a second time", "How much speech was repeated so that nothing is missing, over all outages of the cell."),
        ("p50, p95", "The smallest sample that half, or 95 %, of all samples do not exceed (nearest rank). Below 20 samples the greatest is given in place of p95."),
    ];

    private static readonly string[] _limits =
    [
        "Each cell is one run. It shows that this outage can be survived in this browser, not how often in a thousand times it is not. A run in which words are missing and the browser had to make up more than 0.7 s of sound was made on a machine too busy to play; it is made again, twice at the most, and the JSON says so.",
        "Server, network and browsers share one machine. Its load is in the figures; a slow moment of the machine looks like a slow recovery.",
        "The networks are made of network namespaces and rules of the kernel. They break for real, but no radio, no carrier’s NAT and no company’s proxy takes part.",
        "Chromium and Firefox run without a screen. Safari, phones and their power saving are not in here.",
        "A sleeping laptop is a browser whose processes are stopped and which nothing reaches. Its clock goes on.",
        "A word counts as heard when it is known by its sound. Noise within a word that leaves it recognizable is not seen.",
        "One session at a time. What happens when hundreds come back at once is what “holdfast-lab load” is for.",
    ];

    public static XElement Section(MatrixReport report) => Html(
        "section",
        ("id", "about"),
        Html("h2", "How to read it, and how to make it again"),
        Html("h3", "Again"),
        Html("p", "On Linux, as root (the networks are the kernel’s), from the root of the repository:"),
        Html("pre", Html("code", "bench/matrix")),
        Html("p", "It builds what is needed, runs every cell and writes this page. Single outages, browsers or policies are chosen by the options that “holdfast-lab matrix --help” tells."),
        Html("h3", "The outages"),
        report.Rows.Count == 0 ? Html("p", ("class", "none"), "None was described.") : Html("dl", ("class", "about"), report.Rows.Select(static row => new[] { Html("dt", row.Name), Html("dd", row.Text) })),
        Html("h3", "The policies"),
        Html(
            "dl",
            ("class", "about"),
            Html("dt", "manual"),
            Html("dd", "Nothing reconnects without the person’s click."),
            Html("dt", "assisted"),
            Html("dd", "When the network is back it is tried once by itself; the person may click at any time."),
            Html("dt", "auto"),
            Html("dd", "It reconnects by itself; the person may click at any time.")),
        Html("h3", "The numbers"),
        Html("dl", ("class", "about"), _numbers.Select(static number => new[] { Html("dt", number.Name), Html("dd", number.Text) })),
        Html("h3", "What it does not prove"),
        Html("ul", ("class", "limits"), _limits.Select(static limit => Html("li", limit))));
}
