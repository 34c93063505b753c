using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Holdfast.AspNetCore.Recording;

/// <summary>A WHIP server has taken an offer.</summary>
/// <param name="Target">The address that the offer was meant for.</param>
/// <param name="Resource">What stands for the stream there; null where the server did not name it.</param>
/// <param name="Answer">The SDP answer.</param>
internal sealed record WhipSession(Uri Target, Uri? Resource, string Answer);

/// <summary>Speaks the HTTP of WHIP (RFC 9725): an offer is posted, its answer comes back, and what stands for the stream is deleted at the end.</summary>
internal sealed class WhipClient : IDisposable
{
    private const string Sdp = "application/sdp";

    /// <summary>Bytes of the longest answer that is read.</summary>
    private const int LongestAnswer = 64 * 1024;

    private const int MostRedirects = 5;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // Followed here, since a redirect must repeat the offer, and must not carry the token to just anybody.
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <summary>Posts an offer.</summary>
    /// <param name="address">The target.</param>
    /// <param name="token">The bearer token, or null.</param>
    /// <param name="offer">The SDP offer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WhipException">The server cannot be reached, or refuses; the message is a sentence without the address.</exception>
    public async Task<WhipSession> OfferAsync(Uri address, string? token, string offer, CancellationToken cancellationToken)
    {
        var to = address;
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new StringContent(offer, new UTF8Encoding(), new MediaTypeHeaderValue(Sdp)) };
            request.Headers.Accept.ParseAdd(Sdp);
            Authorize(request, token, address);
            using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Created)
            {
                return await ReadAsync(response, address, to, cancellationToken).ConfigureAwait(false);
            }

            // Any other redirect would make a GET of the offer (RFC 9725 section 4.5).
            if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                throw new WhipException($"The server answered {(int)response.StatusCode}.") { NotBefore = PatienceOf(response) };
            }

            if (redirects == MostRedirects || Resolve(to, response.Headers.Location) is not { } next)
            {
                throw new WhipException("The server redirects to nowhere.");
            }

            if (to.Scheme is "https" && next.Scheme is "http")
            {
                throw new WhipException("The server redirects from https to http.");
            }

            to = next;
        }
    }

    /// <summary>Ends a stream, as far as the server can be told. It does not throw.</summary>
    public async Task EndAsync(WhipSession session, string? token, CancellationToken cancellationToken)
    {
        if (session.Resource is not { } resource)
        {
            return;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, resource);
            Authorize(request, token, session.Target);
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // It is gone, and knows.
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The token is for the server that the settings name, and never in clear where they do not say so: what leads elsewhere goes without.</summary>
    private static void Authorize(HttpRequestMessage request, string? token, Uri target)
    {
        var to = request.RequestUri!;
        if (token is not null && string.Equals(to.Host, target.Host, StringComparison.OrdinalIgnoreCase)
            && (to.Scheme is "https" || target.Scheme is "http")
            && (to.Port == target.Port || (to.IsDefaultPort && target.IsDefaultPort)))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    private static async Task<WhipSession> ReadAsync(HttpResponseMessage response, Uri target, Uri from, CancellationToken cancellationToken)
    {
        // Whatever character set a header names: session descriptions are UTF-8 (RFC 8866 section 5).
        var answer = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        return new WhipSession(target, Resolve(from, response.Headers.Location), answer);
    }

    /// <summary>Where a server points to; null where that is nowhere.</summary>
    private static Uri? Resolve(Uri from, Uri? to) =>
        to is not null && Uri.TryCreate(from, to, out var whole) && whole.Scheme is "http" or "https" ? whole : null;

    private static TimeSpan? PatienceOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date - now,
        _ => null,
    };

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new WhipException(exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? "The server's answer is too long." : "The server cannot be reached.", exception);
        }
    }
}

/// <summary>A WHIP server does not take an offer.</summary>
internal sealed class WhipException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When the server wants to be asked again; null where it did not say.</summary>
    public TimeSpan? NotBefore { get; init; }
}
