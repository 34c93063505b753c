using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Server.Pages;

/// <summary>
/// Joins a module and all that it imports into one, so that a page loads one file and not seventy. Each module becomes a function that gives what it
/// exports, in the order in which they would have run.
/// </summary>
/// <remarks>
/// It knows the forms that our own modules have: named imports and exports, no cycle, nothing exported that changes later, no await outside a
/// function. Whatever else is an <see cref="InvalidDataException"/> that names the module; then the page is served as its files are.
/// </remarks>
internal sealed partial class ModuleLinker
{
    private readonly Func<string, string?> _read;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly StringBuilder _bundle = new();

    private ModuleLinker(Func<string, string?> read) => _read = read;

    /// <param name="entry">The path of the first module, such as <c>js/main.js</c>.</param>
    /// <param name="bundle">Where the result is served, as a path of the same kind: URLs that modules make from their own address still lead where they led.</param>
    /// <param name="read">The source of a module by its path; null where there is none.</param>
    /// <exception cref="InvalidDataException">A module is missing, or of a form that is not known.</exception>
    public static string Link(string entry, string bundle, Func<string, string?> read)
    {
        var linker = new ModuleLinker(read);
        linker.Add(entry, bundle);
        return linker._bundle.ToString();
    }

    /// <summary>The path that a specifier in a module means.</summary>
    internal static string Resolve(string from, string specifier)
    {
        if (!specifier.StartsWith("./", StringComparison.Ordinal) && !specifier.StartsWith("../", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{from} imports '{specifier}', which is not a relative path.");
        }

        var root = new Uri("http://x/");
        var path = new Uri(new Uri(root, from), specifier);
        return path.AbsolutePath[1..];
    }

    private string Add(string path, string bundle)
    {
        if (_names.TryGetValue(path, out var known))
        {
            return known;
        }

        if (!_open.Add(path))
        {
            throw new InvalidDataException($"{path} imports itself, by way of others.");
        }

        var source = _read(path) ?? throw new InvalidDataException($"There is no module {path}.");
        var module = new Module(path, source);
        var imports = module.Imports.Select(import => (import.Names, From: Add(Resolve(path, import.From), bundle))).ToArray();
        var handedOn = module.HandedOn.Select(from => "..." + Add(Resolve(path, from), bundle)).ToArray();
        var name = $"m{_names.Count}";
        _names.Add(path, name);
        _bundle.Append("const ").Append(name).Append("=(()=>{");
        foreach (var (names, from) in imports.Where(static import => import.Names.Length > 0))
        {
            _bundle.Append("const{").Append(names).Append("}=").Append(from).Append(';');
        }

        var own = $"new URL('{RelativeTo(bundle, path)}',import.meta.url).href";
        _bundle.Append('\n').Append(module.Body.Replace("import.meta.url", own, StringComparison.Ordinal).Trim()).Append('\n');
        _bundle.Append("return{").AppendJoin(',', handedOn.Concat(module.Exports)).Append("}})();\n");
        return name;
    }

    private static string RelativeTo(string bundle, string path) =>
        new Uri("http://x/" + bundle).MakeRelativeUri(new Uri("http://x/" + path)).ToString();

    /// <summary>One module, taken apart.</summary>
    private sealed class Module
    {
        public Module(string path, string source)
        {
            var (text, isCode) = ScriptText.Strip(source);
            var imports = new List<(string Names, string From)>();
            var exports = new List<string>();
            var handedOn = new List<string>();
            var reexported = 0;
            Body = Statement().Replace(text, match =>
            {
                if (!isCode[match.Index])
                {
                    return match.Value; // a line of a template
                }

                if (match.Groups["from"] is { Success: true, Value: var from })
                {
                    if (match.Groups["exported"].Success)
                    {
                        // Handed on under names of its own, so that they do not meet the module's.
                        var pairs = Pairs(match.Groups["names"].Value).ToArray();
                        imports.Add((string.Join(',', pairs.Select((pair, i) => $"{pair.Name}:$x{reexported + i}")), from));
                        exports.AddRange(pairs.Select((pair, i) => $"{pair.As}:$x{reexported + i}"));
                        reexported += pairs.Length;
                    }
                    else
                    {
                        imports.Add((string.Join(',', Pairs(match.Groups["names"].Value).Select(static pair => string.Equals(pair.Name, pair.As, StringComparison.Ordinal) ? pair.Name : $"{pair.Name}:{pair.As}")), from));
                    }

                    return "";
                }

                if (match.Groups["all"] is { Success: true, Value: var all })
                {
                    handedOn.Add(all);
                    return "";
                }

                if (match.Groups["list"] is { Success: true, Value: var list })
                {
                    exports.AddRange(Pairs(list).Select(static pair => $"{pair.As}:{pair.Name}"));
                    return "";
                }

                exports.Add(match.Groups["declared"].Value);
                return match.Groups["declaration"].Value;
            });
            if (Unknown().Matches(text).FirstOrDefault(match => isCode[match.Index] && !IsStatement(text, match.Index)) is { } unknown)
            {
                throw new InvalidDataException($"{path}: '{unknown.Value}' is a form that is not known.");
            }

            (Imports, Exports, HandedOn) = (imports, exports, handedOn);
        }

        public string Body { get; }

        public IReadOnlyList<(string Names, string From)> Imports { get; }

        public IReadOnlyList<string> Exports { get; }

        /// <summary>The modules of which everything is exported.</summary>
        public IReadOnlyList<string> HandedOn { get; }

        private static bool IsStatement(string text, int at) => Statement().Match(text, at) is { Success: true } found && found.Index == at;

        /// <summary>What stands between the braces of an import or export: <c>a, b as c</c>.</summary>
        private static IEnumerable<(string Name, string As)> Pairs(string list) => list
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(static item => item.Split(" as ", StringSplitOptions.TrimEntries) is [var name, var alias] ? (name, alias) : (item, item));
    }

    [GeneratedRegex(
        """
        ^(?:
          import\s*(?:\{(?<names>[^}]*)\}\s*from\s*)?'(?<from>[^']+)';?
        | (?<exported>export)\s*\{(?<names>[^}]*)\}\s*from\s*'(?<from>[^']+)';?
        | export\s*\{(?<list>[^}]*)\};?
        | export\s*\*\s*from\s*'(?<all>[^']+)';?
        | export\s+(?<declaration>(?:const|class|(?:async\s+)?function\*?)\s+(?<declared>[\p{L}_$][\p{L}\p{N}_$]*))
        )
        """,
        RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Statement();

    [GeneratedRegex(@"^(import\b(?!\.|\()|export\b).*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Unknown();
}
