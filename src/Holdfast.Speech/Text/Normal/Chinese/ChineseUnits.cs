namespace Holdfast.Speech;

/// <summary>Units of measure and of money in Chinese words.</summary>
internal static class ChineseUnits
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["°"] = "度",
        ["º"] = "度",
        ["°C"] = "摄氏度",
        ["ºC"] = "摄氏度",
        ["°F"] = "华氏度",
        ["ºF"] = "华氏度",
        ["km"] = "公里",
        ["m"] = "米",
        ["dm"] = "分米",
        ["cm"] = "厘米",
        ["mm"] = "毫米",
        ["μm"] = "微米",
        ["nm"] = "纳米",
        ["mi"] = "英里",
        ["ft"] = "英尺",
        ["in"] = "英寸",
        ["kg"] = "公斤",
        ["g"] = "克",
        ["mg"] = "毫克",
        ["μg"] = "微克",
        ["t"] = "吨",
        ["lb"] = "磅",
        ["oz"] = "盎司",
        ["l"] = "升",
        ["L"] = "升",
        ["ml"] = "毫升",
        ["mL"] = "毫升",
        ["s"] = "秒",
        ["ms"] = "毫秒",
        ["μs"] = "微秒",
        ["ns"] = "纳秒",
        ["min"] = "分钟",
        ["h"] = "小时",
        ["Hz"] = "赫兹",
        ["kHz"] = "千赫兹",
        ["MHz"] = "兆赫兹",
        ["GHz"] = "吉赫兹",
        ["W"] = "瓦",
        ["kW"] = "千瓦",
        ["MW"] = "兆瓦",
        ["kWh"] = "千瓦时",
        ["V"] = "伏",
        ["mV"] = "毫伏",
        ["mA"] = "毫安",
        ["mAh"] = "毫安时",
        ["Ω"] = "欧姆",
        ["kΩ"] = "千欧姆",
        ["Pa"] = "帕",
        ["kPa"] = "千帕",
        ["hPa"] = "百帕",
        ["J"] = "焦耳",
        ["kJ"] = "千焦",
        ["kcal"] = "千卡",
        ["cal"] = "卡",
        ["dB"] = "分贝",
        ["ha"] = "公顷",
        ["px"] = "像素",
        ["Mbps"] = "兆比特每秒",
        ["Gbps"] = "吉比特每秒",
        ["fps"] = "帧每秒",
        ["rpm"] = "转每分钟",
        ["mph"] = "英里每小时",
        ["ppm"] = "百万分率",
        ["A"] = "安",
        ["b"] = "比特",
        ["kb"] = "千比特",
        ["Kb"] = "千比特",
        ["Mb"] = "兆比特",
        ["Gb"] = "吉比特",
        ["kB"] = "千字节",
        ["KB"] = "千字节",
        ["MB"] = "兆字节",
        ["GB"] = "吉字节",
        ["TB"] = "太字节",
        ["PB"] = "拍字节",
        ["GW"] = "吉瓦",
        ["MPa"] = "兆帕",
        ["bpm"] = "次每分钟",
    };

    private static readonly Dictionary<string, string> Money = new(StringComparer.Ordinal)
    {
        ["¥"] = "元",
        ["￥"] = "元",
        ["RMB"] = "元人民币",
        ["CNY"] = "元人民币",
        ["$"] = "美元",
        ["US$"] = "美元",
        ["USD"] = "美元",
        ["HK$"] = "港元",
        ["HKD"] = "港元",
        ["€"] = "欧元",
        ["EUR"] = "欧元",
        ["£"] = "英镑",
        ["GBP"] = "英镑",
        ["JPY"] = "日元",
        ["₩"] = "韩元",
        ["KRW"] = "韩元",
        ["₹"] = "卢比",
        ["₽"] = "卢布",
        ["₿"] = "比特币",
        ["CHF"] = "瑞士法郎",
        ["NT$"] = "新台币",
        ["TWD"] = "新台币",
        ["A$"] = "澳元",
        ["AUD"] = "澳元",
        ["C$"] = "加元",
        ["CAD"] = "加元",
        ["S$"] = "新加坡元",
        ["SGD"] = "新加坡元",
    };

    /// <summary>A unit in words, also "km/h" and "m²"; null where it is none.</summary>
    public static string? Words(string unit)
    {
        if (unit.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
        {
            return Words(unit[..slash]) is { } upper && Words(unit[(slash + 1)..]) is { } lower ? $"{upper}每{lower}" : null;
        }

        var raised = unit.Length > 1 && unit[^1] is '²' or '2' ? "平方" : unit.Length > 1 && unit[^1] is '³' or '3' ? "立方" : "";
        unit = raised.Length > 0 ? unit[..^1].TrimEnd('^') : unit;
        return Known.TryGetValue(unit, out var words) && (raised.Length == 0 || char.IsLetter(unit[0])) ? raised + words : null;
    }

    /// <summary>So many of a unit: 华氏 stands before the number. Null where the unit is none.</summary>
    public static string? Measure(string number, string unit) => Words(unit) is not { } words ? null
        : words.StartsWith("华氏", StringComparison.Ordinal) ? "华氏" + ChineseNumbers.Number(number) + words[2..]
        : ChineseNumbers.Count(number) + words;

    /// <summary>A currency in words; null where it is not known.</summary>
    public static string? Currency(string currency) => Money.GetValueOrDefault(currency);
}
