using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.AspNetCore;
using Holdfast.Server.Pages;

namespace Holdfast.Server.Tests.Pages;

/// <summary>The pages as they are delivered: few files, small, kept for good, and saying what the sources say.</summary>
public sealed partial class PageBundleTests
{
    /// <summary>Bytes, packed: a page's own files, its pictures not among them. A budget, so that growth is a decision.</summary>
    private const int Most = 90_000;

    private static readonly string Site = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a // b", "a ")]
    [InlineData("a /* b */ c", "a c")]
    [InlineData("return /* b\n */ c", "return\nc")]
    [InlineData("'// no' + \"/* no */\"", "'// no'+\"/* no */\"")]
    [InlineData("`// ${a /* gone */ + `in ${b} // no`} /* no */`", "`// ${a+`in ${b} // no`} /* no */`")]
    [InlineData("`a\n   b`;\n   c", "`a\n   b`;\nc")]
    [InlineData("x = /[/]\\/'/g; // y", "x=/[/]\\/'/g; ")]
    [InlineData("a / b / c // d", "a/b/c ")]
    [InlineData("f(/'/) + a['x'] / 2 // '", "f(/'/)+a['x']/2 ")]
    [InlineData("return /'/.test(a) // '", "return/'/.test(a) ")]
    [InlineData("`}` // a", "`}` ")]
    [InlineData("`${{ a: '}' }}` // a", "`${{a:'}'}}` ")]
    [InlineData("`${/^'+/.exec(a)} x`; // y", "`${/^'+/.exec(a)} x`; ")]
    [InlineData("a + +b - -c + ++d", "a+ +b- -c+ ++d")]
    [InlineData("/x/ in y", "/x/ in y")]
    [InlineData("f(\n  a,\n  b\n)\n+c", "f(a,b)\n+c")]
    [InlineData("'it\\'s' // '", "'it\\'s' ")]
    [InlineData("a\r\n\r\n   b", "a\nb")]
    [InlineData("'open", "'open")]
    [InlineData("`open ${", "`open ${")]
    [InlineData("/* open", "")]
    [InlineData("", "")]
    public void What_only_readers_need_is_left_out_and_nothing_else(string source, string expected) =>
        Assert.Equal(expected, ScriptText.Strip(source).Text);

    [Theory]
    [InlineData("a {\n  color: red;\n}\n", "a{color:red}")]
    [InlineData("a :hover, b > c { x: calc(1px + 2px) }", "a :hover,b > c{x:calc(1px + 2px)}")]
    [InlineData("a/* b */c { /* d; */ e: f; }", "a c{e:f}")]
    [InlineData("a { content: \"/* } ;  */\"; b: '\\'  ;' }", "a{content:\"/* } ;  */\";b:'\\'  ;'}")]
    [InlineData("a { b: c } /* open", "a{b:c}")]
    [InlineData("'open", "'open")]
    [InlineData("", "")]
    public void Of_a_stylesheet_too(string source, string expected) => Assert.Equal(expected, StyleText.Strip(source));

    [Theory]
    [InlineData("class A{#long=1;get(){return this.#long+this.#b}#b=2;}", "class A{#b=1;get(){return this.#b+this.#a}#a=2;}")]
    [InlineData("class A{#x=1;f(){return`#no ${this.#x} #x`+'#x'+\"#x\"+/#x/.source}}", "class A{#a=1;f(){return`#no ${this.#a} #x`+'#x'+\"#x\"+/#x/.source}}")]
    [InlineData("class A{#x;static is(a){return #x in a}static #f(){}g=async()=>A.#f?.()}", "class A{#b;static is(a){return #b in a}static #a(){}g=async()=>A.#a?.()}")]
    [InlineData("class A{#x}class B{#x;x=this.#x}", "class A{#a}class B{#a;x=this.#a}")]
    public void Private_names_are_shortened_where_they_are_names_and_nowhere_else(string script, string expected) =>
        Assert.Equal(expected, PrivateNames.Shorten(script));

    [Theory]
    [InlineData("f(1);\ng(2);\n", "f(1);g(2);\n")]
    [InlineData("if(a){\nf();\n}\ng();", "if(a){f();}\ng();")]
    [InlineData("const a=b\nc()", "const a=b\nc()")]
    [InlineData("const a='{\\\n';const b=`;\n{\n`;", "const a='{\\\n';const b=`;\n{\n`;")]
    [InlineData("const a=`${\nb}`;\nc();", "const a=`${\nb}`;c();")]
    public void Line_breaks_that_end_nothing_are_left_out_and_all_others_stay(string script, string expected) =>
        Assert.Equal(expected, PrivateNames.Shorten(script));

    [Fact]
    public void More_private_names_than_letters_stay_different_names()
    {
        var names = Enumerable.Range(0, 3_000).Select(static number => $"#name{number}").ToArray();
        var shortened = PrivateNames.Shorten($"class A{{{string.Join(';', names)}}}")[8..^1].Split(';');
        Assert.Equal(names.Length, shortened.Distinct(StringComparer.Ordinal).Count());
        Assert.Throws<InvalidDataException>(static () => PrivateNames.Shorten("class A{#a\\u0062}"));
    }

    [Fact]
    public void Modules_become_one_in_the_order_in_which_they_would_have_run()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["js/main.js"] = "import './first.js';\nimport { a, b as c } from '../lib/all.js'; // these\nconsole.log(a, c);",
            ["js/first.js"] = "globalThis.x = 1;",
            ["lib/all.js"] = "export * from './a.js';\nexport { b } from './b.js';\nexport {\n  d as e,\n} from './b.js';",
            ["lib/a.js"] = "const no = `\nexport const inTemplate = 1;\n`;\nexport const a = new URL('.', import.meta.url).href;",
            ["lib/b.js"] = "import { a } from './a.js';\nexport async function b() {\n  await a;\n}\nexport class d {}\nlet f = 2;\nexport { f as g };",
        };
        var linked = ModuleLinker.Link("js/main.js", "assets/main.js", files.GetValueOrDefault);
        Assert.Equal(
            """
            const m0=(()=>{
            globalThis.x=1;
            return{}})();
            const m1=(()=>{
            const no=`
            export const inTemplate = 1;
            `;
            const a=new URL('.',new URL('../lib/a.js',import.meta.url).href).href;
            return{a}})();
            const m2=(()=>{const{a}=m1;
            async function b(){
            await a;
            }
            class d{}
            let f=2;
            return{b,d,g:f}})();
            const m3=(()=>{const{b:$x0}=m2;const{d:$x1}=m2;

            return{...m1,b:$x0,e:$x1}})();
            const m4=(()=>{const{a,b:c}=m3;
            console.log(a,c);
            return{}})();

            """.ReplaceLineEndings("\n"),
            linked);
    }

    [Theory]
    [InlineData("export const a = /* css */ `\n.b { c: d; }\n/* e */\n`;", "const a=`.b{c:d}`;")]
    [InlineData("export const a = /* css */ `.b { c: ${d}; }`;", "const a=`.b { c: ${d}; }`;")]
    [InlineData("export const a = `.b { c: d; }`;", "const a=`.b { c: d; }`;")]
    public void A_stylesheet_in_a_script_is_one_where_it_says_so(string source, string expected) =>
        Assert.Contains("\n" + expected + "\n", ModuleLinker.Link("js/main.js", "assets/main.js", path => path is "js/main.js" ? source : null), StringComparison.Ordinal);

    [Fact]
    public void What_is_asked_for_later_is_a_script_of_its_own_and_shares_what_others_have()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["js/main.js"] = "import { a } from './a.js';\nimport { words } from './words.js';\nexport const open = () => Promise.all([import('./late.js'), import('./other.js'), import('./a.js'), import('./words.js')]);\nexport const b = a + words.hello;",
            ["js/a.js"] = "export const a = 1;",
            ["js/late.js"] = "import { a } from './a.js';\nimport { own } from './own.js';\nimport { both } from './both.js';\nexport const late = a + own + both;",
            ["js/own.js"] = "export const own = () => import('./other.js');",
            ["js/other.js"] = "import { both } from './both.js';\nexport const other = both;",
            ["js/both.js"] = "export const both = 2;",
            ["js/words.js"] = "export const words = { hello: 'hello' };",
        };
        var scripts = new Dictionary<string, string>(StringComparer.Ordinal);
        var main = ModuleLinker.Link("js/main.js", "assets/main.js", files.GetValueOrDefault, static path => path.EndsWith("words.js", StringComparison.Ordinal), (path, text) =>
        {
            scripts.Add(path, text);
            return Path.GetFileName(path);
        });
        Assert.Equal("js/late.js js/other.js js/words.js", string.Join(' ', scripts.Keys.Order(StringComparer.Ordinal)));
        Assert.Contains("const both=2", main, StringComparison.Ordinal);
        Assert.DoesNotContain("'hello'", main, StringComparison.Ordinal);
        Assert.Contains("={words:{}};", main, StringComparison.Ordinal);
        Assert.Matches(@"const open=\(\)=>Promise\.all\(\[l\d\(\),l\d\(\),Promise\.resolve\(m\d\),l\d\(\)\]\)", main);
        Assert.Contains("const own=", scripts["js/late.js"], StringComparison.Ordinal);
        Assert.DoesNotContain("const a=", scripts["js/late.js"], StringComparison.Ordinal);
        Assert.Matches(@"^export const link=\((m\d|l\d)(,(m\d|l\d))+\)=>\{", scripts["js/late.js"]);
        Assert.Contains("Object.assign(", scripts["js/words.js"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import(where);")]
    [InlineData("f(); import(`./a.js`);")]
    [InlineData("import x from './a.js';")]
    [InlineData("import * as x from './a.js';")]
    [InlineData("export default 1;")]
    [InlineData("export let x = 1;")]
    [InlineData("export const { a } = b;")]
    [InlineData("import { a } from 'https://elsewhere/a.js';")]
    [InlineData("import { a } from './missing.js';")]
    [InlineData("import './main.js';")]
    public void A_form_that_is_not_known_is_an_error_that_names_the_module(string source)
    {
        var failure = Assert.Throws<InvalidDataException>(() => ModuleLinker.Link(
            "js/main.js", "assets/main.js", path => path is "js/main.js" ? source : path is "js/a.js" ? "export const a = 1;" : null));
        Assert.Contains("js/m", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_of_the_site_loads_one_script_and_one_stylesheet_packed_and_kept_for_good()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (var page in Directory.GetFiles(Site, "*.html").Select(Path.GetFileName))
        {
            var (html, size, headers) = await GetAsync(server, "/" + page, "br");
            Assert.Equal("no-cache", headers.CacheControl!.ToString());
            var urls = Asset().Matches(html).Select(static match => match.Value).ToArray();
            var isInTwoLanguages = html.Contains("modulepreload", StringComparison.Ordinal);
            Assert.Equal(page is "index.html", isInTwoLanguages);
            Assert.Equal(isInTwoLanguages ? 3 : html.Contains("type=\"module\"", StringComparison.Ordinal) ? 2 : urls.Length, urls.Length);
            foreach (var url in urls)
            {
                var (brotli, small, kept) = await GetAsync(server, "/" + url, "gzip;q=0.5, br");
                Assert.True(kept.CacheControl is { Public: true, MaxAge.Days: 365 });
                size += isInTwoLanguages && url.EndsWith(".js", StringComparison.Ordinal) ? small / 2 : small; // A visitor gets one of the two.
                var (gzip, _, _) = await GetAsync(server, "/" + url, "gzip");
                var (plain, _, _) = await GetAsync(server, "/" + url, "br;q=0");
                Assert.Equal(brotli, gzip);
                Assert.Equal(brotli, plain);
            }

            Assert.True(size < Most, $"{page}: {size} bytes");
        }
    }

    [Fact]
    public async Task The_smallest_form_is_made_without_anybody_asking_for_it()
    {
        var bundle = PageBundle.Make(["index.html"], Read);
        var before = bundle.Assets.Values.Sum(static file => file.For("br").Content.Length);
        bundle.Pack();
        var after = bundle.Assets.Values.Sum(static file => file.For("br").Content.Length);
        Assert.InRange(after, 1, before * 19 / 20);

        // The server does the same once it has started: the script is that small for whoever comes next.
        var (name, script) = bundle.Assets.First(static asset => asset.Key.StartsWith("index-", StringComparison.Ordinal) && asset.Key.EndsWith(".js", StringComparison.Ordinal));
        await using var server = await RunningServer.StartAsync();
        await Until.TrueAsync(async () => (await GetAsync(server, $"/{PageBundle.Folder}/{name}", "br")).Size <= script.For("br").Content.Length);

        static string? Read(string path) => path.StartsWith("holdfast/", StringComparison.Ordinal)
            ? HoldfastClient.Read(path["holdfast/".Length..])
            : File.Exists(Path.Combine(Site, path)) ? File.ReadAllText(Path.Combine(Site, path)) : null;
    }

    [Fact]
    public async Task A_browser_that_has_it_hears_that_nothing_changed()
    {
        await using var server = await RunningServer.StartAsync();
        using var first = await server.Http.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await server.Http.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.True(first.Headers.Contains("Content-Security-Policy"));
        using var missing = await server.SendAsync(HttpMethod.Get, "/assets/index-0000000000000000.js");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task What_is_tiny_is_in_the_page_and_its_policy_allows_this_script_and_no_other()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (var page in Directory.GetFiles(Site, "*.html").Select(static file => Path.GetFileName(file)))
        {
            using var response = await server.Http.GetAsync(new Uri("/" + page, UriKind.Relative), Cancel);
            var html = await response.Content.ReadAsStringAsync(Cancel);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            var hashes = Inline().Matches(html).Select(static script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.Groups["text"].Value)))}'").ToList();
            Assert.Equal(page is "index.html" ? 2 : 1, hashes.Count);
            Assert.Contains($"script-src 'self' {string.Join(' ', hashes)};", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("href=\"data:image/svg+xml,%3Csvg", html, StringComparison.Ordinal);
            Assert.True(html.IndexOf("<script>", StringComparison.Ordinal) < html.IndexOf("stylesheet", StringComparison.Ordinal), "A script behind a stylesheet waits for it.");

            using var script = await server.SendAsync(HttpMethod.Get, "/" + Asset().Match(html).Value);
            Assert.False(script.Headers.Contains("Content-Security-Policy"));
        }

        using var icon = await server.SendAsync(HttpMethod.Get, "/icons/holdfast.svg");
        Assert.True(icon.Headers.Contains("Content-Security-Policy"), "A picture of this kind is a document where it is opened by itself.");
    }

    [Fact]
    public async Task In_Development_the_sources_are_served_as_they_are()
    {
        await using var server = await RunningServer.StartAsync("--environment", "Development");
        var html = await server.Http.GetStringAsync(new Uri("/", UriKind.Relative), Cancel);
        Assert.Contains("src=\"js/main.js\"", html, StringComparison.Ordinal);
        using var source = await server.SendAsync(HttpMethod.Get, "/js/main.js");
        Assert.Equal(HttpStatusCode.OK, source.StatusCode);
    }

    [Fact]
    public void No_module_of_ours_waits_outside_a_function()
    {
        // The linker makes a function of each module, which could not.
        string[] sources = [.. Directory.GetFiles(Path.Combine(Site, "js"), "*.js").Select(File.ReadAllText), .. Client()];
        Assert.True(sources.Length > 50);
        Assert.All(sources, static source => Assert.DoesNotMatch("(?m)^(?:await |(?:const|let) .* = await )", source));

        static IEnumerable<string> Client() => Directory.GetFiles(Path.Combine(Repository.Root, "src/Holdfast.Client/src"), "*.js", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith(".test.js", StringComparison.Ordinal)).Select(File.ReadAllText);
    }

    [Fact]
    public void Of_our_own_modules_no_comment_is_left_and_what_is_stripped_cannot_be_stripped_further()
    {
        var client = Path.Combine(Repository.Root, "src/Holdfast.Client/src");
        string[] files = [.. Directory.GetFiles(Path.Combine(Site, "js"), "*.js"), .. Directory.GetFiles(client, "*.js", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".test.js", StringComparison.Ordinal))];
        Assert.All(files, static file =>
        {
            var (text, isCode) = ScriptText.Strip(File.ReadAllText(file));
            Assert.DoesNotContain("/**", text, StringComparison.Ordinal);
            Assert.True(isCode[^1], "The reader lost its way.");
            var (again, isCodeAgain) = ScriptText.Strip(text);
            Assert.Equal(text, again);
            Assert.Equal(isCode, isCodeAgain);
        });
    }

    [Fact]
    public void The_client_is_there_to_be_joined()
    {
        Assert.Contains("export", HoldfastClient.Read("index.js"), StringComparison.Ordinal);
        Assert.Null(HoldfastClient.Read("nothing.js"));
    }

    private static async Task<(string Text, int Size, System.Net.Http.Headers.HttpResponseHeaders Headers)> GetAsync(RunningServer server, string path, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        using var response = await server.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Accept-Encoding", response.Headers.Vary, StringComparer.Ordinal);
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancel);
        await using Stream packed = new MemoryStream(bytes);
        await using var plain = response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var reader = new StreamReader(plain);
        return (await reader.ReadToEndAsync(Cancel), bytes.Length, response.Headers);
    }

    [GeneratedRegex("<script(?: type=\"module\")?>(?<text>.*?)</script>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Inline();

    [GeneratedRegex("assets/[\\w.-]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Asset();
}
