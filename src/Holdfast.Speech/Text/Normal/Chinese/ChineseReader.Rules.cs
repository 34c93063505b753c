using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <content>What numbers and signs look like, the most telling form first.</content>
internal static partial class ChineseReader
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    private const string Num = @"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])|[0-9]{1,30})(?:\.[0-9]{1,30})?";
    private const string Power = @"(?:[²³]|\^?[23](?![0-9.]))?";
    private const string Unit = $@"(?<unit>[°º] ?[CF]?(?![A-Za-z])|A(?=电流|的电|[^\p{{L}}0-9/]|$)|(?!A(?![A-Za-z]))[A-Za-zμΩ]{{1,5}}{Power}(?:/[A-Za-z]{{1,4}}{Power})?(?![A-Za-z0-9]))";
    private const string Codes = "USD|EUR|GBP|JPY|CNY|RMB|CHF|HKD|KRW|TWD|AUD|CAD|SGD";
    private const string Dash = "(?:-|–|—|~|～|－)";
    private const string Of = "[点分年月日号时元楼层岁人个次页章度米]";
    private const string Day = "[1-7一二三四五六日天]";
    private const string Contests = "比分|比赛|战胜|击败|大胜|取胜|获胜|险胜|完胜|战平|打平|逼平|领先|落后|惜败|不敌|赢|输给|输了|球队|决赛";

    private static readonly Rule[] Rules =
    [
        // Numbers
        new(TokenStart.Digit, Date(), static (m, _) => Date(m)),
        new(TokenStart.Digit, Month(), static (m, _) => $"{ChineseNumbers.Digits(m.Groups["y"].ValueSpan)}年{ChineseNumbers.Cardinal(m.Groups["m"].Value.TrimStart('0'))}月"),
        new(TokenStart.Digit, Anniversary(), static (m, _) => ChineseNumbers.Digits(m.Value)),
        new(TokenStart.Digit, Decade(), static (m, _) => $"{ChineseNumbers.Cardinal(Text(Int(m.Groups["c"]) + 1))}世纪"
            + (m.Groups["d"].Value is "0" ? "头十年" : ChineseNumbers.Cardinal(m.Groups["d"].Value + "0") + "年代")),
        new(TokenStart.Digit, Service(), static (m, _) => ChineseNumbers.Dialled(m.Value)),
        new(TokenStart.Digit, Phone(), static (m, _) => PhoneWords(m.Value)),
        new(TokenStart.Digit, Called(), static (m, _) => ChineseNumbers.Dialled(m.Value)),
        new(TokenStart.Digit, Extension(), static (m, _) => ChineseNumbers.Dialled(m.Value)),
        new(TokenStart.Digit, Named(), static (m, _) => ChineseNumbers.Digits(m.Value)),
        new(TokenStart.Digit, Version(), static (m, _) => string.Join('点', m.Value.Split('.').Select(ChineseNumbers.Cardinal))),
        new(TokenStart.Digit, HalfDay(), static (m, _) => Int(m.Groups["h"]) is >= 1 and <= 12 && Time(Int(m.Groups["h"]), Int(m.Groups["m"]), null) is { } time
            ? (m.Groups["half"].Value is "a" or "A" ? "上午" : "下午") + time : null),
        new(TokenStart.Digit, Lasting(), static (m, _) => $"{ChineseNumbers.Count(m.Groups["h"].Value)}小时{ChineseNumbers.Count(Text(Int(m.Groups["m"])))}分钟"),
        new(TokenStart.Digit, Clock(), static (m, _) => Time(Int(m.Groups["h"]), Int(m.Groups["m"]), m.Groups["s"].Success ? Int(m.Groups["s"]) : null)),
        new(TokenStart.Digit, Ratio(), static (m, _) => $"{ChineseNumbers.Cardinal(m.Groups["a"].Value)}比{ChineseNumbers.Cardinal(m.Groups["b"].Value)}"),
        new(TokenStart.Digit, Year(), static (m, _) => ChineseNumbers.Digits(m.Groups["y"].Value) + "年"),
        new(TokenStart.Digit, Model(), static (m, _) => ChineseNumbers.Digits(m.Groups["y"].ValueSpan)),
        new(TokenStart.Digit, YearsAlone(), static (m, _) => $"{ChineseNumbers.Digits(m.Groups["a"].ValueSpan)}到{ChineseNumbers.Digits(m.Groups["b"].ValueSpan)}"),
        new(TokenStart.Digit, Years(), static (m, _) => ChineseNumbers.Digits(m.Groups["y"].Value) + "到"),
        new(TokenStart.Digit, PercentRange(), static (m, _) => $"百分之{ChineseNumbers.Number(m.Groups["a"].Value)}到{ChineseNumbers.Number(m.Groups["b"].Value)}"),
        new(TokenStart.Digit, Percent(), static (m, _) => (m.Groups["sign"].Value is "‰" ? "千分之" : "百分之") + ChineseNumbers.Number(m.Groups["n"].Value)),
        new(TokenStart.Digit, MoneyBehind(), static (m, _) => ChineseUnits.Currency(m.Groups["cur"].Value) is { } money ? ChineseNumbers.Amount(m.Groups["n"].Value) + m.Groups["scale"].Value + money : null),
        new(TokenStart.Digit, Cash(), static (m, _) => ChineseNumbers.Amount(m.Value)),
        new(TokenStart.Digit, MixedFraction(), static (m, _) => Int(m.Groups["n"]) is 0 || Int(m.Groups["n"]) >= Int(m.Groups["d"]) ? null
            : $"{ChineseNumbers.Cardinal(m.Groups["w"].Value)}又{ChineseNumbers.Cardinal(m.Groups["d"].Value)}分之{ChineseNumbers.Cardinal(m.Groups["n"].Value)}"),
        new(TokenStart.Digit, SimpleFraction(), static (m, _) => $"{ChineseNumbers.Cardinal(m.Groups["d"].Value)}分之{ChineseNumbers.Cardinal(m.Groups["n"].Value)}"),
        new(TokenStart.Digit, Score(), static (m, text) => (Contest().IsMatch(Rule.Around(text, m)), Int(m.Groups["a"]) > Int(m.Groups["b"])) switch
        {
            (true, _) => $"{ChineseNumbers.Cardinal(m.Groups["a"].Value)}比{ChineseNumbers.Cardinal(m.Groups["b"].Value)}",
            (_, true) when m.Groups["end"].Success => $"{ChineseNumbers.Cardinal(m.Groups["a"].Value)}减{ChineseNumbers.Cardinal(m.Groups["b"].Value)}",
            _ => null,
        }),
        new(TokenStart.Digit, Range(), static (m, _) => (m.Groups["counted"].Success ? ChineseNumbers.Count(m.Groups["a"].Value) : ChineseNumbers.Number(m.Groups["a"].Value)) + "到"),
        new(TokenStart.Digit, Dimension(), static (m, _) => ChineseNumbers.Number(m.Groups["a"].Value) + "乘"),
        new(TokenStart.Digit, Scientific(), static (m, _) => $"{ChineseNumbers.Number(m.Groups["n"].Value)}乘十的{(m.Groups["sign"].Value is "-" ? "负" : "")}{ChineseNumbers.Cardinal(m.Groups["e"].Value)}次方"),
        new(TokenStart.Digit, Measure(), static (m, _) => ChineseUnits.Measure(m.Groups["n"].Value, m.Groups["unit"].Value.Replace(" ", "", StringComparison.Ordinal))),
        new(TokenStart.Digit, Two(), static (_, _) => "两"),
        new(TokenStart.Digit, Plain(), static (m, _) => ChineseNumbers.Number(m.Value)),

        // Words
        new(TokenStart.Letter, Ordinal(), static (m, _) => "第" + ChineseNumbers.Number(m.Groups["n"].Value)),
        new(TokenStart.Letter, Numbering(), static (_, _) => "第"),
        new(TokenStart.Letter, MoneyCode(), static (m, _) => Money(m)),
        new(TokenStart.Letter, VersionMark(), static (_, _) => "V"),

        // Signs
        new(TokenStart.Sign, MoneySign(), static (m, _) => Money(m)),
        new(TokenStart.Sign, PhoneAbroad(), static (m, _) => m.Value.Count(char.IsAsciiDigit) >= 7 ? PhoneWords(m.Value) : null),
        new(TokenStart.Sign, FrostRange(), static (m, _) => FrostRangeWords(m)),
        new(TokenStart.Sign, Frost(), static (m, _) => m.Groups["unit"].Value[^1] == 'F' ? $"华氏零下{ChineseNumbers.Number(m.Groups["n"].Value)}度" : $"零下{ChineseNumbers.Number(m.Groups["n"].Value)}摄氏度"),
        new(TokenStart.Sign, Until(), static (_, _) => "到"),
        new(TokenStart.Sign, Area(), static (m, _) => PhoneWords(m.Value)),
        new(TokenStart.Sign, Negative(), static (_, _) => "负"),
        new(TokenStart.Sign, Minus(), static (_, _) => "减"),
        new(TokenStart.Sign, To(), static (_, _) => "到"),
        new(TokenStart.Sign, About(), static (_, _) => "约"),
        new(TokenStart.Sign, Times(), static (_, _) => "乘"),
        new(TokenStart.Sign, Raised(), static (m, _) => PowerWords(m.Groups["n"].Value)),
        new(TokenStart.Sign, RaisedTo(), static (m, _) => $"的{PowerSigns(m.Groups["n"].Value)}次方"),
        new(TokenStart.Sign, Slash(), static (m, _) => m.Groups["by"].Success ? "除以" : m.Groups["each"].Success ? "每" : m.Groups["or"].Success ? "，" : "斜杠"),
        new(TokenStart.Sign, Arrow(), static (m, _) => m.Value switch
        {
            "<=" => "小于等于",
            ">=" => "大于等于",
            "!=" => "不等于",
            "==" or "===" => "等于",
            "<" => "小于",
            ">" => "大于",
            _ => "到",
        }),
        new(TokenStart.Sign, Sharp(), static (m, _) => m.Groups["sharp"].Success ? "sharp" : m.Groups["number"].Success ? "井号" : "话题"),
        new(TokenStart.Sign, PlusPlus(), static (_, _) => "加加"),
        new(TokenStart.Sign, Dots(), static (m, text) => Rule.IsLast(text, m) ? "。" : "，"),
        new(TokenStart.Sign, Dot(), static (_, _) => "点"),
    ];

    /// <summary>The patterns, for the test that holds their bounds.</summary>
    internal static IEnumerable<Regex> Patterns => Rules.Select(static rule => rule.Pattern);

    /// <summary>The one pattern that is looked for anywhere, in a part of a sentence whose length is bounded.</summary>
    internal static Regex Anywhere => Contest();

    private static string? Date(Match m) => Int(m.Groups["m"]) is >= 1 and <= 12 && Int(m.Groups["d"]) is >= 1 and <= 31
        ? $"{ChineseNumbers.Digits(m.Groups["y"].ValueSpan)}年{ChineseNumbers.Cardinal(m.Groups["m"].Value.TrimStart('0'))}月{ChineseNumbers.Cardinal(m.Groups["d"].Value.TrimStart('0'))}日"
        : null;

    private static string? Time(int hour, int minute, int? second)
    {
        if (hour > 24 || minute > 59 || second > 59)
        {
            return null;
        }

        var words = (hour == 2 ? "两" : ChineseNumbers.Cardinal(Text(hour))) + "点"
            + (minute, second) switch
            {
                (0, null) => "",
                (0, _) => "整",
                ( < 10, _) => "零" + ChineseNumbers.Cardinal(Text(minute)) + "分",
                _ => ChineseNumbers.Cardinal(Text(minute)) + "分",
            };
        return second is > 0 and var seconds ? (minute == 0 ? words[..^1] + "零分" : words) + ChineseNumbers.Cardinal(Text(seconds)) + "秒" : words;
    }

    /// <summary>"-3~5℃" as 零下三到零上五摄氏度.</summary>
    private static string FrostRangeWords(Match m)
    {
        var (from, to, unit) = (ChineseNumbers.Number(m.Groups["a"].Value), ChineseNumbers.Number(m.Groups["b"].Value), m.Groups["unit"].Value[^1]);
        return unit == '度' ? $"负{from}到{(m.Groups["minus"].Success ? "负" : "")}{to}度"
            : $"{(unit == 'F' ? "华氏" : "")}零下{from}到{(m.Groups["minus"].Success ? "零下" : "零上")}{to}{(unit == 'F' ? "度" : "摄氏度")}";
    }

    private static string? Money(Match m) => ChineseUnits.Currency(m.Groups["cur"].Value) is { } money
        ? (m.Groups["minus"].Success ? "负" : "")
            + (m.Groups["to"].Success ? ChineseNumbers.Amount(m.Groups["to"].Value) + "到" : "")
            + ChineseNumbers.Amount(m.Groups["n"].Value) + m.Groups["scale"].Value + money
        : null;

    private static string PhoneWords(string number)
    {
        var groups = number.Split([' ', '-', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        return (number.StartsWith('+') ? "加" : "") + string.Join('，', groups.Select(static group => ChineseNumbers.Dialled(group)).Where(static group => group.Length > 0));
    }

    /// <summary>"n+1" and "-k" as they are said above another letter.</summary>
    private static string PowerSigns(string power)
    {
        var words = new System.Text.StringBuilder();
        foreach (var c in power)
        {
            words.Append(c switch
            {
                '+' => "加",
                '-' => words.Length == 0 ? "负" : "减",
                _ when char.IsAsciiDigit(c) => ChineseNumbers.Digit(c),
                _ => c.ToString(),
            });
        }

        return words.ToString();
    }

    private static string PowerWords(string power)
    {
        var digits = string.Concat(power.Select(static c => Fractions.SmallDigitOf(c) is >= 0 and var digit ? (char)('0' + digit) : c is '⁻' or '-' ? '-' : c is '⁺' ? '+' : c));
        return digits switch
        {
            "2" => "平方",
            "3" => "立方",
            _ => "的" + (digits.StartsWith('-') ? "负" : "") + ChineseNumbers.Cardinal(digits.TrimStart('-', '+') is { Length: > 0 } plain ? plain : "0") + "次方",
        };
    }

    [GeneratedRegex(@"\G(?<y>[0-9]{4})(?<sep>[-/.])(?<m>[0-9]{1,2})\k<sep>(?<d>[0-9]{1,2})(?![0-9/-]|\.[0-9])", Options)]
    private static partial Regex Date();

    [GeneratedRegex(@"\G(?<![0-9.-])(?<y>(?:1[89]|20)[0-9]{2})[-/](?<m>0[1-9]|1[0-2])(?![0-9/.-])", Options)]
    private static partial Regex Month();

    [GeneratedRegex(@"\G[0-9]{1,2}[·•・][0-9]{1,2}(?![0-9])", Options)]
    private static partial Regex Anniversary();

    [GeneratedRegex(@"\G(?<![0-9.])(?<c>1[0-9]|20)(?<d>[0-9])0'?s(?![A-Za-z0-9])", Options)]
    private static partial Regex Decade();

    [GeneratedRegex($@"\G(?<![0-9$€£¥=+*/×÷.,-] ?)(?:(?:95[0-9]{{3}}|100(?:10|86)|123(?:06|15))(?![0-9.,%$€£¥])(?! ?(?:[{Counted}]|[A-Za-z°℃]))|1(?:10|19|20|22|14)(?= ?(?:报警|火警|急救|救护|热线|电话|消防|接警|指挥|查号|调度))|(?:1[0-9]{{4}}|9[56][0-9]{{3,4}})(?= ?(?:热线|客服|服务台|专线)))", Options)]
    private static partial Regex Service();

    [GeneratedRegex(@"\G(?<h>[0-9]{1,2})(?:[:：](?<m>[0-9]{2}))? ?(?:(?<half>[aApP])[mM](?![A-Za-z0-9])|(?<half>[aApP])\.[mM]\.?)", Options)]
    private static partial Regex HalfDay();

    [GeneratedRegex(@"\G(?<h>[0-9]{1,3})h ?(?<m>[0-9]{1,2})(?:m|min)?(?![A-Za-z0-9])", Options)]
    private static partial Regex Lasting();

    [GeneratedRegex(@"\G(?:(?<=© ?)(?<y>[12][0-9]{3})(?![0-9])|(?<![0-9.])(?<y>(?:19|20)[0-9]{2})(?= ?[QH][1-4](?![0-9A-Za-z])|新?款|届|财年|学年|赛季|[春夏秋冬]季))", Options)]
    private static partial Regex Model();

    [GeneratedRegex($@"\G(?<![0-9.$€£¥-])(?<a>(?:1[89]|20)[0-9]{{2}}){Dash}(?<b>(?:1[89]|20)[0-9]{{2}})(?![0-9.%]| ?[A-Za-z=])(?! ?[{Counted}])(?! ?年)", Options)]
    private static partial Regex YearsAlone();

    [GeneratedRegex($@"\G(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,5}}|[0-9]{{1,30}})\.[0-9]{{1,4}}(?= ?(?:万亿|[百千万亿])?(?:元|块|美元|欧元|英镑|日元|港[元币]|人民币|新台币|澳元|加元))", Options)]
    private static partial Regex Cash();

    [GeneratedRegex($@"\G(?<![A-Za-z0-9.第=+*/×÷-] ?|[A-Za-z]-)(?<a>[0-9]{{1,3}})[-–](?<b>[0-9]{{1,3}})(?![0-9.%:：/-]| ?=)(?! ?(?:{Of}|[天周届公厘毫小秒万千百亿块斤倍折]|[A-Za-z°℃]))(?<end>(?= ?(?:[。，！？,.!?]|$)))?", Options)]
    private static partial Regex Score();

    [GeneratedRegex($@"(?:{Contests})", Options)]
    private static partial Regex Contest();

    [GeneratedRegex($@"\G(?:(?:(?<=[0-9]{Of})[-–—~～](?=[0-9])|(?<=[0-9]{Of}) [-–—~～] (?=[0-9]))(?! ?[0-9.]{{1,8}} ?[度°℃])|(?<=(?:周|星期|礼拜){Day})[-–—~～](?=周|星期|礼拜|{Day})|(?<=[一二三四五六七八九十零][点年月日号时])[-–—~～](?=[一二三四五六七八九十0-9]))", Options)]
    private static partial Regex Until();

    [GeneratedRegex(@"\G\(0[0-9]{2,3}\) ?[0-9]{3,4}[- ]?[0-9]{4}(?![0-9])", Options)]
    private static partial Regex Area();

    [GeneratedRegex(@"\G(?:(?:(?:00)?86[- ])?1[3-9][0-9](?:[- ]?[0-9]{4}){2}|0[0-9]{2,3}[- ](?:[0-9]{7,8}|[0-9]{3,4}[- ][0-9]{4})|[48]00[- ]?[0-9]{3}[- ]?[0-9]{4}|[0-9]{3,4}-[0-9]{4}-[0-9]{4})(?![0-9-])", Options)]
    private static partial Regex Phone();

    [GeneratedRegex(@"\G(?<=(?:拨打|拨|打|呼叫|报警|急救|火警|热线|电话|手机号?码?)(?:是|为|：|:)?[ “""]?(?:[0-9]{3,12} ?(?:和|或者?|以及|、|，|,|/) ?){0,3})[0-9]{3,12}(?![0-9.]|,[0-9]{3})(?! ?[个次元块万千年米])", Options)]
    private static partial Regex Called();

    [GeneratedRegex(@"\G(?<=(?:号码|编号|密码|验证码|房间|房号|账号|卡号|工号|学号|邮编|代码|航班|尾号|门牌号?|车牌号?|学籍号|订单号|单号|身份证号?|微信号?|QQ(?:号码?|群)?|ID)(?:是|为|：|:)? ?[“""]?[A-Za-z_-]{0,20})[0-9]{2,30}(?![0-9.,])", Options)]
    private static partial Regex Named();

    [GeneratedRegex(@"\G(?<=(?:分机号?|内线|[0-9]{4} ?转)(?:是|为|：|:)? ?)[0-9]{1,6}(?![0-9.])", Options)]
    private static partial Regex Extension();

    [GeneratedRegex(@"\G[0-9]{1,9}(?:\.[0-9]{1,9}){2,5}(?![0-9])", Options)]
    private static partial Regex Version();

    [GeneratedRegex(@"\G(?<h>[0-9]{1,2})[:：](?<m>[0-9]{2})(?:[:：](?<s>[0-9]{2}))?(?![0-9:：])", Options)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\G(?<a>[0-9]{1,6})[:：](?<b>[0-9]{1,6})(?![0-9:：])", Options)]
    private static partial Regex Ratio();

    [GeneratedRegex(@"\G(?<y>[12][0-9]{3})(?: ?)年(?![前以来历内间])", Options)]
    private static partial Regex Year();

    [GeneratedRegex($@"\G(?<y>[12][0-9]{{3}})年?{Dash}(?=[12][0-9]{{3}} ?年)", Options)]
    private static partial Regex Years();

    [GeneratedRegex($@"\G(?<a>{Num})(?:%?{Dash}|[到至])(?<b>{Num})%", Options)]
    private static partial Regex PercentRange();

    [GeneratedRegex($@"\G(?<n>{Num}) ?(?<sign>[%‰])", Options)]
    private static partial Regex Percent();

    [GeneratedRegex($@"\G(?<n>{Num}) ?(?<scale>万亿|[百千万亿])? ?(?<cur>[€$£¥￥₩₹₽₿]|(?:{Codes})(?![A-Za-z]))", Options)]
    private static partial Regex MoneyBehind();

    [GeneratedRegex(@"\G(?<w>[0-9]{1,4})[ 又](?<n>[0-9]{1,2})[/⁄](?<d>[0-9]{1,3})(?![0-9/])", Options)]
    private static partial Regex MixedFraction();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,4})[/⁄](?<d>[1-9][0-9]{0,3})(?![0-9/])", Options)]
    private static partial Regex SimpleFraction();

    [GeneratedRegex($@"\G(?<![=+*/×÷] ?|[A-Za-z]-)(?<a>{Num}){Dash}(?=[0-9]{{1,30}}(?![0-9]{{0,30}} ?=)(?<counted>(?= ?[{Counted}])(?! ?小[^时])(?! ?分[^钟])(?! ?年级))?)", Options)]
    private static partial Regex Range();

    [GeneratedRegex($@"\G(?<a>{Num})(?: ?[xX×] ?)(?=[0-9])", Options)]
    private static partial Regex Dimension();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,3}(?:\.[0-9]{1,12})?)[eE](?<sign>[+-]?)(?<e>[0-9]{1,3})(?![A-Za-z0-9])", Options)]
    private static partial Regex Scientific();

    [GeneratedRegex($@"\G(?<n>{Num}) ?{Unit}", Options)]
    private static partial Regex Measure();

    [GeneratedRegex($@"\G(?<![0-9.第])2(?= ?[{Counted}])(?! ?小[^时])(?! ?分[^钟])(?! ?年级)", Options)]
    private static partial Regex Two();

    [GeneratedRegex($@"\G{Num}", Options)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\G第 ?(?<n>[0-9]{1,30})", Options)]
    private static partial Regex Ordinal();

    [GeneratedRegex(@"\G[Nn]o\. ?(?=[0-9])", Options)]
    private static partial Regex Numbering();

    [GeneratedRegex($@"\G(?<cur>(?:US|HK|NT|A|C|S)\$|{Codes}) ?(?<n>{Num}) ?(?<scale>万亿|[百千万亿])?(?![A-Za-z0-9])", Options)]
    private static partial Regex MoneyCode();

    [GeneratedRegex(@"\G[vV](?=[0-9])", Options)]
    private static partial Regex VersionMark();

    [GeneratedRegex($@"\G(?<minus>(?<![\w)])[-−])?(?<cur>[$€£¥￥₩₹₽₿]) ?(?<minus>[-−](?=[0-9]))?(?:(?<to>{Num}){Dash})?(?<n>{Num}) ?(?<scale>万亿|[百千万亿])?元?", Options)]
    private static partial Regex MoneySign();

    [GeneratedRegex(@"\G\+[0-9]{1,3}(?:[ -]?\(?[0-9]{1,11}\)?){1,6}(?![0-9])", Options)]
    private static partial Regex PhoneAbroad();

    [GeneratedRegex($@"\G(?<![A-Za-z0-9)%°])[-−–](?<a>{Num})(?: ?(?:[°º] ?[CF]|度))? ?(?:{Dash}|[到至]) ?(?<minus>[-−–])?(?<b>{Num}) ?(?<unit>[°º] ?[CF](?![A-Za-z])|度)", Options)]
    private static partial Regex FrostRange();

    [GeneratedRegex($@"\G(?<![A-Za-z0-9)%°])[-−–](?<n>{Num}) ?(?<unit>[°º] ?[CF])(?![A-Za-z])", Options)]
    private static partial Regex Frost();

    [GeneratedRegex(@"\G(?:(?<![A-Za-z0-9)%°])[-−–](?=\.?[0-9]))", Options)]
    private static partial Regex Negative();

    [GeneratedRegex(@"\G(?:−|(?<=[0-9)] )-(?= [0-9(])|(?<=[0-9)])-(?=[0-9]{1,12} ?=)|(?<=[=+*/×÷] ?[0-9]{1,12})-(?=[0-9]))", Options)]
    private static partial Regex Minus();

    [GeneratedRegex(@"\G(?:(?:(?<=[0-9%°点分年月日号时元])|(?<=[°º] ?[CF]))(?<![A-Za-z]-[0-9.]{1,8})[-–—~～](?=[0-9$€£¥])|(?<=[0-9] ?)[–~～](?= ?[0-9]))", Options)]
    private static partial Regex To();

    [GeneratedRegex(@"\G[~～∼≈≃](?= ?[0-9$€£¥])", Options)]
    private static partial Regex About();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)] ?)\*(?= ?[\p{L}0-9(])", Options)]
    private static partial Regex Times();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)])(?:\^ ?(?:(?<n>-?[0-9]{1,3})|\{(?<n>-?[0-9]{1,3})\})|\*\*(?<n>-?[0-9]{1,3})|(?<n>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}))", Options)]
    private static partial Regex Raised();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)])\^ ?(?:\{(?<n>-?[A-Za-z0-9](?:[+-]?[A-Za-z0-9]){0,4})\}|\((?<n>-?[A-Za-z0-9](?:[+-]?[A-Za-z0-9]){0,4})\)|(?<n>-?[A-Za-z])(?![A-Za-z]))", Options)]
    private static partial Regex RaisedTo();

    [GeneratedRegex(@"\G(?:(?<by>(?<=[0-9)] ?)[/⁄](?= ?[0-9(]))|(?<each>(?<=[元块美米里斤克升次])/(?=[\p{L}])|(?<=[0-9][万亿]?)/(?=[年月日天周晚次人个位斤]|小时))|(?<or>(?<=\p{L})/(?=\p{L}))|/(?=[\p{L}0-9]))", Options)]
    private static partial Regex Slash();

    [GeneratedRegex(@"\G(?:<->|<=>|<=|>=|!=|={2,3}|-{1,2}>|=>|[<>](?= ?[-\p{L}0-9$€£¥]))", Options)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"\G(?:(?<sharp>(?<=\b[A-G])#)|(?<number>#(?= ?[0-9]))|#(?=\p{L}))", Options)]
    private static partial Regex Sharp();

    [GeneratedRegex(@"\G(?<=[A-Za-z])\+\+", Options)]
    private static partial Regex PlusPlus();

    [GeneratedRegex(@"\G(?:\.{2,12}|…{1,6})", Options)]
    private static partial Regex Dots();

    [GeneratedRegex(@"\G(?:(?<=[\p{L}0-9])\.(?=[\p{L}0-9]))", Options)]
    private static partial Regex Dot();
}
