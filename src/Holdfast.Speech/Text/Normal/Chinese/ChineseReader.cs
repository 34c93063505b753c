using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <summary>Reads numbers and signs aloud in Chinese.</summary>
internal static partial class ChineseReader
{
    /// <summary>What is counted: two of it are 两, not 二.</summary>
    private const string Counted = "个只条张本位块件次种家天年周小分秒岁米公里元人口杯碗瓶台部辆架艘座栋间页句段篇封份双对副套组群支枝根棵朵颗粒片面顶道把匹头场回趟遍批名项类样点倍斤吨克升万亿千层亩平立包盒箱袋桶滴盏扇串捆桌辈盘锅壶幢户束";

    private static readonly Dictionary<char, string> Signs = new()
    {
        ['+'] = "加",
        ['='] = "等于",
        ['×'] = "乘",
        ['÷'] = "除以",
        ['±'] = "正负",
        ['≠'] = "不等于",
        ['≈'] = "约等于",
        ['≤'] = "小于等于",
        ['≥'] = "大于等于",
        ['∞'] = "无穷大",
        ['√'] = "根号",
        ['∑'] = "求和",
        ['∈'] = "属于",
        ['∉'] = "不属于",
        ['∪'] = "并",
        ['∩'] = "交",
        ['⊥'] = "垂直于",
        ['∥'] = "平行于",
        ['∠'] = "角",
        ['∀'] = "对任意",
        ['∃'] = "存在",
        ['∅'] = "空集",
        ['∏'] = "求积",
        ['∴'] = "所以",
        ['∵'] = "因为",
        ['⩽'] = "小于等于",
        ['⩾'] = "大于等于",
        ['⋅'] = "乘",
        ['∗'] = "乘",
        ['∫'] = "积分",
        ['→'] = "到",
        ['←'] = "来自",
        ['↑'] = "上",
        ['↓'] = "下",
        ['⇒'] = "推出",
        ['⇔'] = "当且仅当",
        ['‱'] = "万分号",
        ['&'] = "和",
        ['@'] = "艾特",
        ['%'] = "百分号",
        ['‰'] = "千分号",
        ['°'] = "度",
        ['º'] = "度",
        ['§'] = "第",
        ['©'] = "版权所有",
        ['®'] = "注册商标",
        ['™'] = "商标",
        ['№'] = "编号",
        ['$'] = "美元",
        ['€'] = "欧元",
        ['£'] = "英镑",
        ['¥'] = "元",
        ['₩'] = "韩元",
        ['♀'] = "女",
        ['♂'] = "男",
        ['♯'] = "升",
        ['♭'] = "降",
        ['\\'] = "反斜杠",
        ['π'] = "派",
        ['α'] = "阿尔法",
        ['β'] = "贝塔",
        ['γ'] = "伽马",
        ['δ'] = "德尔塔",
        ['ε'] = "艾普西隆",
        ['ζ'] = "泽塔",
        ['η'] = "伊塔",
        ['ι'] = "约塔",
        ['κ'] = "卡帕",
        ['ν'] = "纽",
        ['ξ'] = "克西",
        ['ο'] = "奥密克戎",
        ['τ'] = "陶",
        ['υ'] = "宇普西隆",
        ['χ'] = "希",
        ['ψ'] = "普西",
        ['θ'] = "西塔",
        ['λ'] = "兰姆达",
        ['μ'] = "缪",
        ['ρ'] = "柔",
        ['σ'] = "西格玛",
        ['φ'] = "斐",
        ['ω'] = "欧米伽",
    };

    private static readonly Dictionary<char, string> Pauses = new()
    {
        [','] = "，",
        [';'] = "；",
        [':'] = "，",
        ['!'] = "！",
        ['?'] = "？",
        ['.'] = "。",
        ['，'] = "，",
        ['、'] = "，",
        ['；'] = "；",
        ['：'] = "，",
        ['！'] = "！",
        ['？'] = "？",
        ['。'] = "。",
        ['…'] = "，",
        ['—'] = "，",
        ['–'] = "，",
        ['('] = "，",
        [')'] = "，",
        ['（'] = "，",
        ['）'] = "，",
        ['['] = "，",
        [']'] = "，",
        ['|'] = "，",
        ['•'] = "，",
    };

    /// <summary>What a sign or a Greek letter is called; null where it has no name.</summary>
    public static string? NameOf(char sign) => Signs.GetValueOrDefault(sign) ?? Signs.GetValueOrDefault(char.ToLowerInvariant(sign));

    /// <summary>Says what begins here, and goes on behind it.</summary>
    public static void ReadOne(Reading reading)
    {
        var c = reading.Here;
        var start = Rule.StartOf(c);
        if (!(start == TokenStart.Letter && SentenceEnd.IsWide(c) && c is not '第' and not '负') && Rule.TryAny(Rules, start, reading))
        {
            return;
        }

        if (NameOf(c) is { } words)
        {
            reading.Say(words, 1);
        }
        else if (start == TokenStart.Letter || char.IsSurrogate(c) || char.IsDigit(c) && !char.IsAsciiDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark)
        {
            reading.KeepLetter(static digit => ChineseNumbers.Cardinal(Text(digit)));
        }
        else if (start == TokenStart.Digit)
        {
            reading.Say(ChineseNumbers.Digit(c), 1);
        }
        else if (Pauses.TryGetValue(c, out var pause))
        {
            reading.Pause(pause);
        }
        else if (Fractions.TryRead(c, out var numerator, out var denominator))
        {
            var part = $"{ChineseNumbers.Cardinal(Text(denominator))}分之{ChineseNumbers.Cardinal(Text(numerator))}";
            reading.Say(char.IsAsciiDigit(reading.Look(-1)) ? "又" + part : part, 1);
        }
        else if (Fractions.RomanOf(c) is > 0 and var roman)
        {
            reading.Say(ChineseNumbers.Cardinal(Text(roman)), 1);
        }
        else if (Fractions.SmallDigitOf(c) is >= 0 and var small)
        {
            reading.Say(ChineseNumbers.Cardinal(Text(small)), 1);
        }
        else
        {
            reading.Blank();
        }
    }

    /// <summary>Says a Latin word that has a meaning of its own in Chinese, such as "USD 100"; false where none begins here.</summary>
    public static bool TryWord(Reading reading) => Rule.TryAny(Rules, TokenStart.Letter, reading);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Int(Group group) => group.Success && group.Length > 0 ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
}
