using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Holdfast.AspNetCore;

/// <summary>
/// Walks through what is configured and the options it is for, side by side: what cannot be the value of its option is a failure,
/// what is no option's is a warning with the option that was probably meant.
/// </summary>
internal sealed class SettingsCheck
{
    private readonly List<string> _failures = [];
    private readonly List<string> _warnings = [];
    private readonly IReadOnlyDictionary<string, Type> _sections;
    private readonly List<string> _known;

    public SettingsCheck(IReadOnlyList<SettingsSection> sections, IConfiguration configuration)
    {
        _sections = sections.ToDictionary(static section => section.Path, static section => section.Options, StringComparer.OrdinalIgnoreCase);
        _known = [.. sections.SelectMany(static section => KeysOf(section.Options, section.Path))];
        foreach (var section in sections)
        {
            CheckGroup(configuration.GetSection(section.Path), section.Options);
        }

        // A slip in the first word loses everything under it.
        foreach (var root in configuration.GetChildren().Where(static root => !IsHoldfast(root.Key) && EditDistance(root.Key, HoldfastOptions.Section) <= 2))
        {
            _warnings.Add($"{root.Path} is not a group of settings, so nothing under it has any effect; did you mean {HoldfastOptions.Section}?");
        }
    }

    /// <summary>A sentence for each value that is wrong.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>A sentence for each key that nobody reads.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The keys of all options of a type. Those of a dictionary have names that nobody knows beforehand: they end in <c>:*</c>.</summary>
    internal static IEnumerable<string> KeysOf(Type options, string path) => OptionsOf(options).SelectMany(option => KindOf(option.PropertyType) switch
    {
        SettingKind.Group => KeysOf(option.PropertyType, $"{path}:{option.Name}"),
        SettingKind.Named => [$"{path}:{option.Name}:*"],
        SettingKind.NamedGroups => KeysOf(GroupOf(option.PropertyType)!, $"{path}:{option.Name}:*"),
        SettingKind.Value or SettingKind.List => [$"{path}:{option.Name}"],
    });

    private static bool IsHoldfast(string key) => string.Equals(key, HoldfastOptions.Section, StringComparison.OrdinalIgnoreCase);

    private void CheckGroup(IConfigurationSection group, Type options)
    {
        if (!string.IsNullOrEmpty(group.Value))
        {
            // Which is not repeated: a key is the likeliest thing to be written at the wrong place.
            _failures.Add($"{group.Path} is a group of settings and has no value of its own.");
        }

        foreach (var child in group.GetChildren())
        {
            if (_sections.ContainsKey(child.Path))
            {
                continue; // checked as a section
            }

            if (OptionsOf(options).FirstOrDefault(option => string.Equals(option.Name, child.Key, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                CheckOption(child, found);
            }
            else
            {
                _warnings.Add($"{child.Path} is not a setting and has no effect; did you mean {Nearest(child.Path)}?");
            }
        }
    }

    private void CheckOption(IConfigurationSection at, PropertyInfo option)
    {
        var children = at.GetChildren().ToArray();
        switch (KindOf(option.PropertyType))
        {
            case SettingKind.Group:
                CheckGroup(at, option.PropertyType);
                break;
            case SettingKind.Named or SettingKind.NamedGroups when !string.IsNullOrEmpty(at.Value):
                _failures.Add($"{at.Path} has no value of its own, but one for each name: write {at.Path}:NAME.");
                break;
            case SettingKind.Named:
                foreach (var inner in children.SelectMany(static named => named.GetChildren()))
                {
                    _failures.Add($"{inner.Path[..inner.Path.LastIndexOf(':')]} is one value; {inner.Path} is nobody's.");
                }

                break;
            case SettingKind.NamedGroups:
                foreach (var group in children)
                {
                    CheckGroup(group, GroupOf(option.PropertyType)!);
                }

                break;
            case SettingKind.List when children.Length > 0:
                foreach (var entry in children)
                {
                    CheckValue(entry.Path, entry.Value ?? string.Empty, option);
                }

                break;
            case SettingKind.List:
                foreach (var entry in SettingLists.Split(at.Value))
                {
                    CheckValue(at.Path, entry, option);
                }

                break;
            case SettingKind.Value when children.Length > 0:
                _failures.Add($"{at.Path} is one value; {children[0].Path} is nobody's.");
                break;
            case SettingKind.Value when at.Value is { } value:
                CheckValue(at.Path, value, option);
                break;
        }
    }

    private void CheckValue(string path, string text, PropertyInfo option)
    {
        var isList = KindOf(option.PropertyType) == SettingKind.List;
        var type = isList ? typeof(string) : Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType;
        object? value = isList ? new[] { text } : Parse(text, type);
        if (value is null)
        {
            _failures.Add($"{path} must be {Describe(type, option)}, not '{Short(text)}'.");
            return;
        }

        foreach (var attribute in option.GetCustomAttributes<ValidationAttribute>())
        {
            if (attribute.GetValidationResult(value, new ValidationContext(this) { DisplayName = path }) is { ErrorMessage: var why })
            {
                _failures.Add(attribute is RangeAttribute ? $"{path} must be {Describe(type, option)}, not {Short(text)}." : why!);
                return;
            }
        }

        if (IsOfWhatIsThere(option) && text.Contains('/', StringComparison.Ordinal) && !File.Exists(text) && !Directory.Exists(text))
        {
            _failures.Add($"{path} names what is not there: '{Short(text)}'.");
        }
        else if (IsWrittenTo(option) && text.Length > 0 && WhyNotWritable(text) is { } reason)
        {
            _failures.Add($"{path} must be a directory that can be written to; '{Short(text)}' is not: {reason}");
        }
    }

    /// <summary>Programs and folders that are only read from. A program may also be a name without a slash, which is looked for when it is needed.</summary>
    private static bool IsOfWhatIsThere(PropertyInfo option) =>
        option.Name.EndsWith("Path", StringComparison.Ordinal) || option.Name is "Ffmpeg" or "Command" or "ActionsDirectory";

    private static bool IsWrittenTo(PropertyInfo option) => option.Name.EndsWith("Directory", StringComparison.Ordinal) && !IsOfWhatIsThere(option);

    /// <summary>The value, or null where the text is none of the type.</summary>
    private static object? Parse(string text, Type type)
    {
        var culture = CultureInfo.InvariantCulture;
        return type == typeof(string) ? text
            : type == typeof(int) ? int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number) ? number : null
            : type == typeof(long) ? long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var large) ? large : null
            : type == typeof(double) ? double.TryParse(text, NumberStyles.Float, culture, out var real) && double.IsFinite(real) ? real : null
            : type == typeof(bool) ? bool.TryParse(text, out var yes) ? yes : null
            : type == typeof(TimeSpan) ? TimeSpan.TryParse(text, culture, out var span) && span >= TimeSpan.Zero ? span : null
            : type == typeof(Uri) ? Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null
            : type.IsEnum ? Enum.TryParse(type, text, ignoreCase: true, out var member) && Enum.IsDefined(type, member) ? member : null
            : throw new NotSupportedException($"Options of type {type.Name} cannot be checked yet: teach {nameof(SettingsCheck)} to.");
    }

    private static string Describe(Type type, PropertyInfo option)
    {
        var what = type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(TimeSpan) ? "a time such as 00:05:00"
            : type == typeof(Uri) ? "a whole URL"
            : type.IsEnum ? string.Join(" or ", Enum.GetNames(type))
            : "a text";
        return option.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"{what} from {range.Minimum} to {range.Maximum}")
            : what;
    }

    private static string? WhyNotWritable(string directory)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            using var probe = new FileStream(
                Path.Combine(directory, ".holdfast-" + Path.GetRandomFileName()),
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return exception.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>The name that was probably meant.</summary>
    internal static string NearestOf(string name, IEnumerable<string> known) => known.MinBy(one => EditDistance(name, one))!;

    private string Nearest(string path)
    {
        var last = path[(path.LastIndexOf(':') + 1)..];

        // The right name in the wrong group is nearer than another name in the right one.
        return _known
            .OrderBy(known => Math.Min(EditDistance(path, known), EditDistance(last, known[(known.LastIndexOf(':') + 1)..]) * 2))
            .ThenBy(known => EditDistance(path, known))
            .First();
    }

    /// <summary>How many letters must be changed, added or left out (Levenshtein), in whatever case; at most 100 are looked at.</summary>
    private static int EditDistance(string left, string right)
    {
        left = left.Length > 100 ? left[..100] : left;
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var same = char.ToUpperInvariant(left[i]) == char.ToUpperInvariant(right[j]);
                (diagonal, row[j + 1]) = (row[j + 1], same ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j + 1])));
            }
        }

        return row[^1];
    }

    private static IEnumerable<PropertyInfo> OptionsOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static option => option.GetIndexParameters().Length == 0);

    private static SettingKind KindOf(Type type) => typeof(IDictionary<string, string>).IsAssignableFrom(type) ? SettingKind.Named
        : GroupOf(type) is not null ? SettingKind.NamedGroups
        : typeof(IEnumerable<string>).IsAssignableFrom(type) ? SettingKind.List
        : type.IsClass && type != typeof(string) && type != typeof(Uri) ? SettingKind.Group
        : SettingKind.Value;

    /// <summary>The options of each of a dictionary's groups; null where it is no dictionary of such.</summary>
    private static Type? GroupOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>) && type.GenericTypeArguments is [_, { IsClass: true } options] && options != typeof(string)
            ? options
            : null;

    private static string Short(string text) => text.Length <= 60 ? text.ReplaceLineEndings(" ") : text[..60].ReplaceLineEndings(" ") + "…";

    private enum SettingKind
    {
        Value,
        List,
        Named,

        /// <summary>Groups of settings, each under a name that nobody knows beforehand.</summary>
        NamedGroups,
        Group,
    }
}
