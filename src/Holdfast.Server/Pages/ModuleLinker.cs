using System.Text;

namespace Holdfast.Server.Pages;

/// <summary>
/// Joins a module and all that it imports into one, so that a page loads one file and not seventy. Each module becomes a function that gives what it
/// exports, in the order in which they would have run. What is asked for by <c>import()</c> becomes a script of its own, which shares the others.
/// </summary>
/// <remarks>
/// It knows the forms that our own modules have: named imports and exports, no cycle, nothing exported that changes later, no await outside a
/// function. Whatever else is an <see cref="InvalidDataException"/> that names the module; then the page is served as its files are.
/// </remarks>
internal sealed class ModuleLinker
{
    private readonly Func<string, string?> _read;
    private readonly string _bundle;
    private readonly Dictionary<string, ScriptModule> _modules = new(StringComparer.Ordinal);

    /// <summary>What a module is called in the result, by its path.</summary>
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Who loads a module that comes later, by its path.</summary>
    private readonly Dictionary<string, string> _loaders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    private ModuleLinker(Func<string, string?> read, string bundle) => (_read, _bundle) = (read, bundle);

    /// <param name="entry">The path of the first module, such as <c>js/main.js</c>.</param>
    /// <param name="bundle">Where the result is served, as a path of the same kind: URLs that modules make from their own address still lead where they led.</param>
    /// <param name="read">The source of a module by its path; null where there is none.</param>
    /// <param name="isLater">Of the modules that are asked for by <c>import()</c> although others import them as well: which are empty until then.</param>
    /// <param name="later">Takes a script that comes later, by the path of its module; gives its file's name, in the same folder.</param>
    /// <exception cref="InvalidDataException">A module is missing, or of a form that is not known.</exception>
    public static string Link(string entry, string bundle, Func<string, string?> read, Func<string, bool>? isLater = null, Func<string, string, string>? later = null) =>
        new ModuleLinker(read, bundle).Link(entry, isLater ?? (static _ => false), later);

    private string Link(string entry, Func<string, bool> isLater, Func<string, string, string>? later)
    {
        var all = new List<string>();
        Order(entry, all, static _ => false, []);
        foreach (var path in all)
        {
            _names.Add(path, $"m{_names.Count}");
        }

        // What is asked for later, and its own imports in turn. A module of which two of them are made is there at once: there is one of each.
        var targets = Targets(all);
        var emptied = targets.Where(isLater).ToHashSet(StringComparer.Ordinal);
        var first = all.Where(path => !emptied.Contains(path)).ToHashSet(StringComparer.Ordinal);
        var reach = targets.Where(target => !first.Contains(target)).ToDictionary(static target => target, target => Reach(target, first), StringComparer.Ordinal);
        var shared = reach.Values.SelectMany(static paths => paths).GroupBy(static path => path, StringComparer.Ordinal)
            .Where(group => group.Count() > 1 && !emptied.Contains(group.Key)).Select(static group => group.Key).ToList();
        var main = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in (string[])[.. shared, entry])
        {
            Order(path, main, static _ => false, seen);
        }

        foreach (var path in main)
        {
            _names.TryAdd(path, $"m{_names.Count}");
        }

        var late = reach.Keys.Where(target => emptied.Contains(target) || !seen.Contains(target)).ToList();
        foreach (var target in late)
        {
            _loaders.Add(target, $"l{_loaders.Count}");
        }

        var text = new StringBuilder();
        if (late.Count > 0)
        {
            // An import that failed may be kept as failed: it is asked for again under another address.
            text.Append("const $late=(url,link)=>{let tries=0,made;return()=>made??=import(url+(tries?'?'+tries:'')).then(link).catch((error)=>{tries++;made=undefined;throw error})};\n");
        }

        foreach (var target in late)
        {
            var (script, needs) = Chunk(target, main, emptied.Contains(target));
            var file = (later ?? throw new InvalidDataException($"{target} is imported later, which is not possible here."))(target, script);
            text.Append("const ").Append(_loaders[target]).Append("=$late('./").Append(file).Append("',(c)=>c.link(").AppendJoin(',', needs).Append("));\n");
        }

        foreach (var path in main)
        {
            text.Append(emptied.Contains(path) ? $"const {_names[path]}={{{string.Join(',', Find(path).Exports.Select(static name => name + ":{}"))}}};\n" : Written(path));
        }

        return text.ToString();
    }

    /// <summary>A script of its own: a function that is given what it needs of the first one.</summary>
    private (string Script, IReadOnlyList<string> Needs) Chunk(string target, List<string> main, bool fills)
    {
        var own = new List<string>();
        Order(target, own, path => main.Contains(path, StringComparer.Ordinal) && !(fills && string.Equals(path, target, StringComparison.Ordinal)), []);
        var there = fills ? _names[target] : null;
        foreach (var path in own)
        {
            _names[path] = $"m{_names.Count}_{_loaders[target]}";
        }

        var body = string.Concat(own.Select(Written));
        var used = own.Select(Find).SelectMany(static module => module.From)
            .Select(path => _names[path]).Concat(own.Select(Find).SelectMany(static module => module.Later).Select(Called))
            .Except(own.Select(path => _names[path]), StringComparer.Ordinal)
            .Concat(there is null ? [] : (string[])[there]).Distinct(StringComparer.Ordinal).ToList();
        var made = _names[target];
        var result = there is null ? made : $"{there}";
        var fill = there is null ? "" : $"for(const name in {made})Object.assign({there}[name],{made}[name]);\n";
        if (there is not null)
        {
            _names[target] = there;
        }

        return ($"export const link=({string.Join(',', used)})=>{{\n{body}{fill}return {result}}};\n", used);
    }

    /// <summary>Whoever gives the module of a dynamic import: the name of a loader, or of the module that is there.</summary>
    private string Called(string path) => _loaders.GetValueOrDefault(path) ?? _names[path];

    /// <summary>A module as a function that gives what it exports.</summary>
    private string Written(string path)
    {
        var module = Find(path);
        var text = new StringBuilder("const ").Append(_names[path]).Append("=(()=>{");
        foreach (var (names, from) in module.Imports.Where(static import => import.Names.Length > 0))
        {
            text.Append("const{").Append(names).Append("}=").Append(_names[from]).Append(';');
        }

        var own = $"new URL('{RelativeTo(_bundle, path)}',import.meta.url).href";
        var body = ScriptModule.Dynamic().Replace(module.Body, match => Resolve(path, match.Groups["from"].Value) is var target && _loaders.TryGetValue(target, out var loader)
            ? $"{loader}()"
            : $"Promise.resolve({_names[target]})");
        text.Append('\n').Append(body.Replace("import.meta.url", own, StringComparison.Ordinal).Trim()).Append('\n');
        return text.Append("return{").AppendJoin(',', module.HandedOn.Select(from => "..." + _names[from]).Concat(module.Exported)).Append("}})();\n").ToString();
    }

    /// <summary>All modules that are imported dynamically, by these or by what they bring.</summary>
    private List<string> Targets(IEnumerable<string> paths)
    {
        var targets = new List<string>();
        var waiting = new Queue<string>(paths);
        var looked = new HashSet<string>(waiting, StringComparer.Ordinal);
        while (waiting.TryDequeue(out var path))
        {
            foreach (var target in Find(path).Later.Where(target => !targets.Contains(target, StringComparer.Ordinal)))
            {
                targets.Add(target);
                var brought = new List<string>();
                Order(target, brought, static _ => false, []);
                brought.Where(looked.Add).ToList().ForEach(waiting.Enqueue);
            }
        }

        return targets;
    }

    private List<string> Reach(string target, HashSet<string> without)
    {
        var reached = new List<string>();
        Order(target, reached, without.Contains, []);
        return reached;
    }

    /// <summary>Adds a module behind all that it imports, in the order in which they would have run.</summary>
    private void Order(string path, List<string> into, Func<string, bool> isLeftOut, HashSet<string> seen)
    {
        if (isLeftOut(path) || (seen.Contains(path) && !_open.Contains(path)))
        {
            return;
        }

        if (!_open.Add(path))
        {
            throw new InvalidDataException($"{path} imports itself, by way of others.");
        }

        seen.Add(path);
        foreach (var from in Find(path).From)
        {
            Order(from, into, isLeftOut, seen);
        }

        _open.Remove(path);
        into.Add(path);
    }

    private ScriptModule Find(string path)
    {
        if (!_modules.TryGetValue(path, out var module))
        {
            module = new ScriptModule(path, _read(path) ?? throw new InvalidDataException($"There is no module {path}."));
            _modules.Add(path, module);
        }

        return module;
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

    private static string RelativeTo(string bundle, string path) =>
        new Uri("http://x/" + bundle).MakeRelativeUri(new Uri("http://x/" + path)).ToString();
}
