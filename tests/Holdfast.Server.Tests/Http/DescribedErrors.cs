using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Server.Tests.Http;

/// <summary>Holds every refusal that a test gets against the description of the API: whatever a call is refused with is among its responses there.</summary>
internal static partial class DescribedErrors
{
    /// <summary>Any call may be answered with these, and they are told of nowhere else than in docs/http-api.md: a failure, and a server that stops.</summary>
    private static readonly int[] OfAnyCall = [500, 503];

    private static readonly HttpClient Http = new();
    private static readonly ConcurrentDictionary<string, Operation[]> Described = new(StringComparer.Ordinal);

    public static async Task AssertAsync(HttpResponseMessage response, string what)
    {
        var request = response.RequestMessage!;
        var status = (int)response.StatusCode;
        var path = request.RequestUri!.AbsolutePath;
        var operations = await OfAsync(request.RequestUri.GetLeftPart(UriPartial.Authority));
        if (!OfAnyCall.Contains(status) && Array.Find(operations, operation => operation.IsAt(request.Method.Method, path)) is { } called)
        {
            Assert.True(called.Statuses.Contains(status), $"{what}: {called.Method} {called.Template} is not described to be answered with {status}.");
        }
    }

    private static async Task<Operation[]> OfAsync(string server)
    {
        if (Described.TryGetValue(server, out var known))
        {
            return known;
        }

        using var response = await Http.GetAsync(new Uri(server + "/openapi/v1.json"), TestContext.Current.CancellationToken);
        return Described[server] = response.IsSuccessStatusCode
            ? [.. Read(JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)))]
            : []; // an app that describes nothing
    }

    private static IEnumerable<Operation> Read(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        where method.Value.TryGetProperty("responses", out _)
        let statuses = method.Value.GetProperty("responses").EnumerateObject().Select(static told => int.TryParse(told.Name, out var status) ? status : 0)
        select new Operation(method.Name.ToUpperInvariant(), path.Name, [.. statuses]);

    [GeneratedRegex(@"\\\{[^}]+}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Parameter();

    private sealed record Operation(string Method, string Template, HashSet<int> Statuses)
    {
        private readonly Regex _path = new($"^{Parameter().Replace(Regex.Escape(Template), "[^/]+")}$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

        public bool IsAt(string method, string path) => string.Equals(method, Method, StringComparison.Ordinal) && _path.IsMatch(path);
    }
}
