using Holdfast.Lab.Matrix;

namespace Holdfast.Lab.Tests.Matrix;

/// <summary>Reports that nobody ran, to look at the page with: every kind of cell, also those that should not be.</summary>
internal static class MadeUpReports
{
    public static readonly string[] Words =
    [
        "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo", "lima", "mike",
        "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "xray", "yankee", "zulu",
    ];

    private static readonly (MatrixRow Row, double Away)[] _outages =
    [
        (new("short", "Short outage", "Nothing passes for 2 s, in either direction."), 2),
        (new("long", "Long outage", "Nothing passes for 40 s, in either direction."), 40),
        (new("address", "Address change", "The browser’s address changes, as from Wi-Fi to mobile."), 0.5),
        (new("rebinding", "NAT rebinding", "The router forgets its mappings; what comes from the same browser has another port."), 0.3),
        (new("one-way", "One direction only", "For 20 s nothing comes from the server; what the browser sends still arrives."), 20),
        (new("flapping", "Flapping", "1 s on, 1 s off, for 30 s."), 30),
        (new("loss", "20 % loss", "Every fifth packet is lost for 30 s, in either direction."), 30),
        (new("reload", "Reload", "The page is loaded again."), 0.4),
        (new("crash", "Tab crash", "The tab’s process is killed and the page opened again."), 1),
        (new("tabs", "Two tabs", "The page is opened in a second tab, which takes the session over."), 0.5),
        (new("sleep", "Laptop sleep", "All processes of the browser are stopped for 20 s."), 20),
        (new("stop", "Server stopped politely", "The server is stopped as for an update, and started again."), 4),
    ];

    public static MatrixReport Empty => new(
        new DateTimeOffset(2026, 11, 23, 3, 0, 0, TimeSpan.Zero),
        TimeSpan.Zero,
        "Holdfast",
        new MatrixMachine("A processor", 2, 4L << 30, "Linux", null, null),
        [],
        [],
        []);

    /// <summary>72 cells.</summary>
    /// <param name="isFine">Whether none is broken.</param>
    public static MatrixReport Full(bool isFine)
    {
        var random = new Random(5);
        var cells = new List<MatrixCell>();
        foreach (var browser in new[] { "chromium", "firefox" })
        {
            foreach (var (row, away) in _outages)
            {
                foreach (var policy in new[] { "manual", "assisted", "auto" })
                {
                    cells.Add(Cell(random, row.Key, away, browser, policy));
                }
            }
        }

        if (!isFine)
        {
            Break(cells);
        }

        return Empty with
        {
            Took = TimeSpan.FromMinutes(83),
            Product = "Holdfast 0.5.0 (1b2ba1d), .NET 10.0.2",
            Machine = new MatrixMachine("AMD EPYC 7B13", 2, 8L << 30, "Debian GNU/Linux 13, Linux 6.12, .NET 10.0.2", 0.84, 1.37),
            Passage = Words,
            Rows = [.. _outages.Select(static outage => outage.Row)],
            Cells = cells,
        };
    }

    /// <summary>Everything that can go wrong with a cell, and with what it tells.</summary>
    private static void Break(List<MatrixCell> cells)
    {
        cells[4] = cells[4] with
        {
            Problem = "Words were lost: “papa” and “quebec” were not heard whole even once, although the session came back at level 1 within its time; the first of them was being spoken when the path broke.",
            WordsLost = ["papa", "quebec"],
        };
        cells[9] = cells[9] with { Problem = "It did not come back within 60 s of the click.", RecoveredAfter = null, Level = null, Clicks = 4 };
        cells[26] = cells[26] with { Problem = "It is another session than before.", IsSameSession = false, WordsLost = [.. Words.Skip(9)] };
        cells[30] = cells[30] with { WordsLost = ["golf"] };
        cells[40] = cells[40] with { DetectedAfter = null, Level = null, RecoveredAfter = null, Clicks = 0, Timeline = [], Seen = [] };
        cells[50] = cells[50] with { DetectedAfter = 3.4 };
        cells.RemoveAt(71);
    }

    private static MatrixCell Cell(Random random, string outage, double away, string browser, string policy)
    {
        var begins = 3 + random.NextDouble();
        var ends = begins + away;
        var events = new List<CellEvent> { new(0, "state", "connected"), new(0.4, "said", string.Join(' ', Words)) };
        var seen = new List<CellSight> { new(0, "connected", [], null) };
        var detected = 0.7 + (0.6 * random.NextDouble());
        var isQuick = outage is "rebinding" or "loss";
        var isFlapping = outage is "flapping";
        double? recovered = Math.Exp(Math.Log(0.06) + (random.NextDouble() * (browser is "firefox" ? 2.4 : 1.2)));
        int? level = outage is "reload" or "crash" or "tabs" or "stop" ? 3 : 1;
        var clicks = policy is "manual" ? 1 : 0;
        var back = ends + 0.3 + recovered.Value;
        if (isQuick)
        {
            (level, clicks, back) = (outage is "loss" ? null : 0, 0, ends);
            recovered = outage is "loss" ? null : 0.02 + (0.01 * random.NextDouble());
        }

        events.Add(new CellEvent(begins, "outage-begins", outage));
        if (isFlapping)
        {
            events.RemoveAt(events.Count - 1);
            for (var i = 0; i < 15; i++)
            {
                events.Add(new CellEvent(begins + (2 * i), "outage-begins", "off"));
                events.Add(new CellEvent(begins + (2 * i) + 1, "outage-ends", "on"));
                events.Add(new CellEvent(begins + (2 * i) + 0.6, "state", "interrupted"));
                events.Add(new CellEvent(begins + (2 * i) + 0.9, "state", "held"));
                events.Add(new CellEvent(begins + (2 * i) + 1.1, "state", "reconnecting"));
                events.Add(new CellEvent(begins + (2 * i) + 1.3, "state", "connected"));
                seen.Add(new CellSight(begins + (2 * i) + 0.6, "interrupted", ["正在等待连接恢复…"], "手动重连"));
                seen.Add(new CellSight(begins + (2 * i) + 1.3, "connected", ["WebRTC连接已恢复"], null));
            }
        }
        else
        {
            events.Add(new CellEvent(ends, "outage-ends", outage));
        }

        if (!isQuick)
        {
            events.Add(new CellEvent(begins + detected, "state", "interrupted"));
            seen.Add(new CellSight(begins + detected, "interrupted", ["正在等待连接恢复…"], "手动重连"));
            if (away > 10 && !isFlapping)
            {
                events.Add(new CellEvent(begins + 10, "state", "held"));
                seen.Add(new CellSight(
                    begins + 10,
                    "held",
                    ["连接断开，会话为你保留", "说到“delta echo foxtrot”时断开。网络恢复后点击重连，从这里继续。", "连接断开，系统保留会话5分钟，可点击重连按钮"],
                    "手动重连"));
            }

            if (clicks > 0)
            {
                events.Add(new CellEvent(ends + 0.3, "click", "手动重连"));
            }

            events.Add(new CellEvent(ends + 0.32, "state", "reconnecting"));
            seen.Add(new CellSight(ends + 0.32, "reconnecting", ["正在重启通道…", "在原来的连接上换一条新路。"], null));
            events.Add(new CellEvent(back, "picture", "first"));
            events.Add(new CellEvent(back, "state", "connected"));
            seen.Add(new CellSight(back, "connected", ["WebRTC连接已恢复"], null));
        }

        for (var i = 0; i < Words.Length; i++)
        {
            var at = 0.9 + (0.55 * i);
            events.Add(new CellEvent(at < begins ? at : at - begins + back, "word", Words[i]));
        }

        events.Add(new CellEvent(back + 13, "spoken", "all"));
        return new MatrixCell
        {
            Outage = outage,
            Policy = policy,
            Browser = browser,
            BrowserVersion = browser is "firefox" ? "Firefox 140.5.0esr" : "Chromium 142.0.7444.59",
            Seconds = back + 19,
            DetectedAfter = isQuick ? null : detected,
            Level = level,
            Clicks = clicks,
            RecoveredAfter = recovered,
            IsFromClick = clicks > 0,
            SecondsRepeated = isQuick ? 0 : 0.4 + random.NextDouble(),
            IsSameSession = true,
            Timeline = [.. events.OrderBy(static one => one.At)],
            Seen = seen,
        };
    }
}
