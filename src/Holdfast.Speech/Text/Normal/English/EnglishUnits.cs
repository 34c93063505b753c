namespace Holdfast.Speech;

/// <summary>Units of measure in English words.</summary>
internal static class EnglishUnits
{
    private static readonly Dictionary<string, (string One, string Many)> Known = new(StringComparer.Ordinal)
    {
        ["%"] = ("percent", "percent"),
        ["‰"] = ("per mille", "per mille"),
        ["°"] = ("degree", "degrees"),
        ["º"] = ("degree", "degrees"),
        ["°C"] = ("degree Celsius", "degrees Celsius"),
        ["ºC"] = ("degree Celsius", "degrees Celsius"),
        ["°F"] = ("degree Fahrenheit", "degrees Fahrenheit"),
        ["ºF"] = ("degree Fahrenheit", "degrees Fahrenheit"),
        ["km"] = ("kilometer", "kilometers"),
        ["m"] = ("meter", "meters"),
        ["cm"] = ("centimeter", "centimeters"),
        ["mm"] = ("millimeter", "millimeters"),
        ["μm"] = ("micrometer", "micrometers"),
        ["nm"] = ("nanometer", "nanometers"),
        ["mi"] = ("mile", "miles"),
        ["yd"] = ("yard", "yards"),
        ["ft"] = ("foot", "feet"),
        ["in"] = ("inch", "inches"),
        ["″"] = ("inch", "inches"),
        ["kg"] = ("kilogram", "kilograms"),
        ["g"] = ("gram", "grams"),
        ["mg"] = ("milligram", "milligrams"),
        ["μg"] = ("microgram", "micrograms"),
        ["t"] = ("ton", "tons"),
        ["lb"] = ("pound", "pounds"),
        ["lbs"] = ("pound", "pounds"),
        ["oz"] = ("ounce", "ounces"),
        ["l"] = ("liter", "liters"),
        ["L"] = ("liter", "liters"),
        ["ml"] = ("milliliter", "milliliters"),
        ["mL"] = ("milliliter", "milliliters"),
        ["cl"] = ("centiliter", "centiliters"),
        ["dl"] = ("deciliter", "deciliters"),
        ["hl"] = ("hectoliter", "hectoliters"),
        ["cc"] = ("cubic centimeter", "cubic centimeters"),
        ["tbsp"] = ("tablespoon", "tablespoons"),
        ["tsp"] = ("teaspoon", "teaspoons"),
        ["pt"] = ("pint", "pints"),
        ["qt"] = ("quart", "quarts"),
        ["yds"] = ("yard", "yards"),
        ["mmHg"] = ("millimeter of mercury", "millimeters of mercury"),
        ["bpm"] = ("beat per minute", "beats per minute"),
        ["psi"] = ("pound per square inch", "pounds per square inch"),
        ["MPa"] = ("megapascal", "megapascals"),
        ["GW"] = ("gigawatt", "gigawatts"),
        ["Wh"] = ("watt hour", "watt hours"),
        ["MWh"] = ("megawatt hour", "megawatt hours"),
        ["MJ"] = ("megajoule", "megajoules"),
        ["kV"] = ("kilovolt", "kilovolts"),
        ["kN"] = ("kilonewton", "kilonewtons"),
        ["wk"] = ("week", "weeks"),
        ["wks"] = ("week", "weeks"),
        ["yr"] = ("year", "years"),
        ["yrs"] = ("year", "years"),
        ["kt"] = ("knot", "knots"),
        ["kts"] = ("knot", "knots"),
        ["ppb"] = ("part per billion", "parts per billion"),
        ["gal"] = ("gallon", "gallons"),
        ["s"] = ("second", "seconds"),
        ["sec"] = ("second", "seconds"),
        ["ms"] = ("millisecond", "milliseconds"),
        ["μs"] = ("microsecond", "microseconds"),
        ["ns"] = ("nanosecond", "nanoseconds"),
        ["min"] = ("minute", "minutes"),
        ["h"] = ("hour", "hours"),
        ["hr"] = ("hour", "hours"),
        ["hrs"] = ("hour", "hours"),
        ["Hz"] = ("hertz", "hertz"),
        ["kHz"] = ("kilohertz", "kilohertz"),
        ["MHz"] = ("megahertz", "megahertz"),
        ["GHz"] = ("gigahertz", "gigahertz"),
        ["KB"] = ("kilobyte", "kilobytes"),
        ["kB"] = ("kilobyte", "kilobytes"),
        ["MB"] = ("megabyte", "megabytes"),
        ["GB"] = ("gigabyte", "gigabytes"),
        ["TB"] = ("terabyte", "terabytes"),
        ["PB"] = ("petabyte", "petabytes"),
        ["KiB"] = ("kibibyte", "kibibytes"),
        ["MiB"] = ("mebibyte", "mebibytes"),
        ["GiB"] = ("gibibyte", "gibibytes"),
        ["TiB"] = ("tebibyte", "tebibytes"),
        ["kbps"] = ("kilobit per second", "kilobits per second"),
        ["kbit"] = ("kilobit", "kilobits"),
        ["Mbit"] = ("megabit", "megabits"),
        ["Gbit"] = ("gigabit", "gigabits"),
        ["Tbit"] = ("terabit", "terabits"),
        ["Mbps"] = ("megabit per second", "megabits per second"),
        ["Gbps"] = ("gigabit per second", "gigabits per second"),
        ["W"] = ("watt", "watts"),
        ["kW"] = ("kilowatt", "kilowatts"),
        ["MW"] = ("megawatt", "megawatts"),
        ["kWh"] = ("kilowatt hour", "kilowatt hours"),
        ["V"] = ("volt", "volts"),
        ["mV"] = ("millivolt", "millivolts"),
        ["mA"] = ("milliamp", "milliamps"),
        ["mAh"] = ("milliamp hour", "milliamp hours"),
        ["Ω"] = ("ohm", "ohms"),
        ["kΩ"] = ("kilohm", "kilohms"),
        ["Pa"] = ("pascal", "pascals"),
        ["kPa"] = ("kilopascal", "kilopascals"),
        ["hPa"] = ("hectopascal", "hectopascals"),
        ["J"] = ("joule", "joules"),
        ["kJ"] = ("kilojoule", "kilojoules"),
        ["kcal"] = ("kilocalorie", "kilocalories"),
        ["cal"] = ("calorie", "calories"),
        ["dB"] = ("decibel", "decibels"),
        ["ha"] = ("hectare", "hectares"),
        ["px"] = ("pixel", "pixels"),
        ["fps"] = ("frame per second", "frames per second"),
        ["rpm"] = ("revolution per minute", "revolutions per minute"),
        ["mph"] = ("mile per hour", "miles per hour"),
        ["kph"] = ("kilometer per hour", "kilometers per hour"),
        ["ppm"] = ("part per million", "parts per million"),
        ["dpi"] = ("dot per inch", "dots per inch"),
    };

    /// <summary>Letters that are units only right behind their number, or are words by themselves.</summary>
    private static readonly HashSet<string> OnlyClose = new(StringComparer.Ordinal) { "in", "J", "″" };

    /// <summary>A unit in words, also "km/h" and "m²"; null where it is none.</summary>
    /// <param name="unit">As it is written.</param>
    /// <param name="isOne">Whether there is one of it.</param>
    /// <param name="isClose">Whether it stands right behind its number.</param>
    public static string? Words(string unit, bool isOne, bool isClose)
    {
        if (OnlyClose.Contains(unit) && !isClose)
        {
            return null;
        }

        if (unit.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
        {
            if (Words(unit[..slash], isOne, isClose) is not { } upper)
            {
                return null;
            }

            // A second is squared, a meter is square: "meters per second squared", "kilograms per square meter".
            return unit[(slash + 1)..] is ['s' or 'h', .., '²' or '2'] time ? $"{upper} per {EnglishSpans.Per(time[..1])} squared"
                : EnglishSpans.Per(unit[(slash + 1)..]) is { } lower ? $"{upper} per {(unit[(slash + 1)..] is "m" ? "meter" : lower)}" : null;
        }

        var raised = unit.Length > 1 && unit[^1] is '²' or '2' ? "square " : unit.Length > 1 && unit[^1] is '³' or '3' ? "cubic " : "";
        unit = raised.Length > 0 ? unit[..^1].TrimEnd('^') : unit;
        return Known.TryGetValue(unit, out var words) && (raised.Length == 0 || char.IsLetter(unit[0]))
            ? raised + (isOne ? words.One : words.Many) : null;
    }
}
