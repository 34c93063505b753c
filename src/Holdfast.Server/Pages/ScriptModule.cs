using System.Text.RegularExpressions;

namespace Holdfast.Server.Pages;

/// <summary>One module, taken apart.</summary>
internal sealed partial class ScriptModule
{
    public ScriptModule(string path, string source)
    {
        // A stylesheet in a template says so: /* css */ `...`. What only its readers need goes, as of a stylesheet of its own.
        var (text, isCode) = ScriptText.Strip(Sheet().Replace(source, static match => $"`{StyleText.Strip(match.Groups["sheet"].Value)}`"));
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

        var (body, isBodyCode) = ScriptText.Strip(Body);
        if (Asked().Matches(body).FirstOrDefault(match => isBodyCode[match.Index]) is { } other)
        {
            throw new InvalidDataException($"{path}: '{other.Value}' is a form that is not known.");
        }

        Imports = [.. imports.Select(import => (import.Names, ModuleLinker.Resolve(path, import.From)))];
        HandedOn = [.. handedOn.Select(from => ModuleLinker.Resolve(path, from))];
        From = [.. Imports.Select(static import => import.From), .. HandedOn];
        Later = [.. Dynamic().Matches(Body).Select(match => ModuleLinker.Resolve(path, match.Groups["from"].Value)).Distinct(StringComparer.Ordinal)];
        Exported = exports;
    }

    public string Body { get; }

    public IReadOnlyList<(string Names, string From)> Imports { get; }

    /// <summary>What it exports, as an object literal says it.</summary>
    public IReadOnlyList<string> Exported { get; }

    /// <summary>The names of what it exports.</summary>
    public IEnumerable<string> Exports => Exported.Select(static item => item.Split(':')[0]);

    /// <summary>The modules of which everything is exported.</summary>
    public IReadOnlyList<string> HandedOn { get; }

    /// <summary>All modules that must have run before it, in their order.</summary>
    public IReadOnlyList<string> From { get; }

    /// <summary>The modules that it asks for while it runs.</summary>
    public IReadOnlyList<string> Later { get; }

    private static bool IsStatement(string text, int at) => Statement().Match(text, at) is { Success: true } found && found.Index == at;

    /// <summary>What stands between the braces of an import or export: <c>a, b as c</c>.</summary>
    private static IEnumerable<(string Name, string As)> Pairs(string list) => list
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(static item => item.Split(" as ", StringSplitOptions.TrimEntries) is [var name, var alias] ? (name, alias) : (item, item));

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

    /// <summary>A template that is a stylesheet, with nothing put in and nothing escaped.</summary>
    [GeneratedRegex(@"/\* css \*/ `(?<sheet>[^`$\\]*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Sheet();

    /// <summary>A module that is asked for while another runs.</summary>
    [GeneratedRegex(@"\bimport\('(?<from>[^']+)'\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    public static partial Regex Dynamic();

    [GeneratedRegex(@"\bimport\((?!'[^']+'\))[^)]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Asked();
}
