using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Holdfast.AspNetCore;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;

namespace Holdfast.Server.Tests.Settings;

/// <summary>
/// Holds docs/configuration.md against the options, both ways, and the options against the code that reads them. The sections are asked of
/// the server: whatever is bound is held too.
/// </summary>
public sealed partial class SettingsDocumentTests
{
    private static readonly WebApplicationBuilder Server = HoldfastServer.CreateBuilder([]);
    private static readonly IReadOnlyList<SettingsSection> Sections = HoldfastSettings.SectionsIn(Server.Services);

    [Fact]
    public void Every_part_that_has_settings_is_checked()
    {
        Assert.Contains(Sections, static section => section.Options == typeof(HoldfastOptions));
        Assert.Contains(Sections, static section => section.Options == typeof(Avatar.AvatarOptions));
        Assert.Equal(Sections.Count, Sections.DistinctBy(static section => section.Path, StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_option_is_documented_and_everything_documented_is_an_option()
    {
        var options = Sections.SelectMany(static section => SettingsCheck.KeysOf(section.Options, section.Path)).Order(StringComparer.Ordinal);
        var documented = Rows().Select(static row => row.Key).Order(StringComparer.Ordinal);
        Assert.Equal(options, documented);
    }

    [Fact]
    public void The_documented_default_is_the_default()
    {
        Assert.All(Rows(), static row =>
        {
            var value = DefaultOf(row.Key);
            if (value is null or string { Length: 0 } || value is IEnumerable and not string)
            {
                Assert.False(row.Default.StartsWith('`') && row.Default.EndsWith('`') && row.Default.Count(static c => c == '`') == 2 && !row.Default.Contains('$'), $"{row.Key} has no default.");
            }
            else
            {
                var text = value is bool yes ? (yes ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture);

                // What the value stands for may follow it: "`0`: a quarter of ...".
                Assert.Equal($"`{text}`", row.Default.Split(':')[0]);
            }
        });
    }

    [Fact]
    public void Every_option_is_read_by_something()
    {
        var between = new[] { typeof(RtcEndpointOptions), typeof(SessionSettings), typeof(JournalLimits) };
        var readers = new ReadProperties(Sections.Select(static section => section.Options).Concat(between).Select(static type => type.Assembly).Append(typeof(HoldfastServer).Assembly).Distinct());
        var unread = Sections.SelectMany(static section => TypesOf(section.Options)).Concat(between)
            .SelectMany(static type => type.GetProperties())
            .Where(property => !readers.Contains(property))
            .Select(static property => $"{property.DeclaringType!.Name}.{property.Name}");
        Assert.Empty(unread);
    }

    [Fact]
    public void What_the_server_brings_as_its_settings_has_no_key_that_nobody_reads()
    {
        Assert.Empty(HoldfastSettings.Check(Server.Services, Server.Configuration));
    }

    private static IEnumerable<Documented> Rows() => Row()
        .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md")))
        .Select(static row => new Documented(row.Groups["key"].Value, row.Groups["default"].Value.Trim()));

    private static object? DefaultOf(string key)
    {
        // The longest section that the key is under: one may be inside another.
        var section = Sections.Where(section => key.StartsWith(section.Path + ":", StringComparison.Ordinal)).MaxBy(static section => section.Path.Length)!;
        object? value = Activator.CreateInstance(section.Options);
        foreach (var name in key[(section.Path.Length + 1)..].Split(':'))
        {
            // Under a name that nobody knows beforehand is a group of its own, or nothing yet.
            value = name is not "*" ? value!.GetType().GetProperty(name)!.GetValue(value)
                : GroupIn(value!.GetType()) is { } group ? Activator.CreateInstance(group) : null;
        }

        return value;
    }

    private static Type? GroupIn(Type dictionary) => dictionary.GenericTypeArguments.ElementAtOrDefault(1) is { IsClass: true } group && group != typeof(string) ? group : null;

    private static IEnumerable<Type> TypesOf(Type options) => options.GetProperties()
        .Select(static property => GroupIn(property.PropertyType) ?? property.PropertyType)
        .Where(static type => type.IsClass && type.Namespace!.StartsWith("Holdfast", StringComparison.Ordinal))
        .SelectMany(TypesOf)
        .Prepend(options);

    [GeneratedRegex(@"^\| `(?<key>Holdfast:[A-Za-z:*]+)` \|(?<default>[^|]*)\| [^|]+ \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Row();

    private sealed record Documented(string Key, string Default);

    /// <summary>The properties whose getters the code of some assemblies calls, found in its instructions.</summary>
    private sealed class ReadProperties
    {
        private const byte Call = 0x28;
        private const byte CallVirtual = 0x6F;

        private readonly HashSet<MethodBase> _called = [];

        public ReadProperties(IEnumerable<Assembly> assemblies)
        {
            const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            foreach (var type in assemblies.SelectMany(static assembly => assembly.GetTypes()).Where(static type => !type.Name.Contains("Validator", StringComparison.Ordinal)))
            {
                foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
                {
                    // What a record prints, compares and copies is no use of it.
                    if (method.Name is not ("PrintMembers" or "Equals" or "GetHashCode" or ".ctor" or "Deconstruct") || !type.Name.EndsWith("Settings", StringComparison.Ordinal))
                    {
                        Collect(method, type.IsGenericType ? type.GetGenericArguments() : null);
                    }
                }
            }
        }

        public bool Contains(PropertyInfo property) => _called.Contains(property.GetMethod!);

        private void Collect(MethodBase method, Type[]? ofType)
        {
            var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
            for (var at = 0; at + 5 <= code.Length; at++)
            {
                if (code[at] is not (Call or CallVirtual))
                {
                    continue;
                }

                try
                {
                    if (method.Module.ResolveMethod(BitConverter.ToInt32(code, at + 1), ofType, method.IsGenericMethod ? method.GetGenericArguments() : null) is { } called)
                    {
                        _called.Add(called);
                    }
                }
                catch (Exception exception) when (exception is ArgumentException or BadImageFormatException)
                {
                    // These bytes were part of something else.
                }
            }
        }
    }
}
