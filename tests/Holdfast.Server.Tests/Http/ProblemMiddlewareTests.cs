using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Server.Tests.Http;

/// <summary>What becomes of an exception whose client is not there any more.</summary>
public sealed class ProblemMiddlewareTests
{
    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 499)]
    public async Task A_client_that_goes_away_is_no_error_whether_or_not_its_answer_has_begun(bool hasBegun, int status)
    {
        var http = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) };
        var response = new Response(hasBegun);
        http.Features.Set<IHttpResponseFeature>(response);
        var middleware = new ProblemMiddleware(static _ => throw new IOException("The connection is gone."), NullLogger<ProblemMiddleware>.Instance);

        await middleware.InvokeAsync(http);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_connection_that_is_reset_in_the_middle_of_a_body_is_a_client_that_went_away_too()
    {
        // The reading tells it before the request does.
        var lifetime = new Lifetime();
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var middleware = new ProblemMiddleware(static _ => throw new ConnectionResetException("Connection reset by peer"), NullLogger<ProblemMiddleware>.Instance);

        await middleware.InvokeAsync(http);

        Assert.Equal(499, http.Response.StatusCode);
        Assert.True(lifetime.IsAborted);
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }

    /// <summary>Takes no status once it has begun, as a server's does not.</summary>
    private sealed class Response(bool hasBegun) : HttpResponseFeature, IHttpResponseFeature
    {
        private int _status = StatusCodes.Status200OK;

        public override bool HasStarted => hasBegun;

        int IHttpResponseFeature.StatusCode
        {
            get => _status;
            set => _status = hasBegun ? throw new InvalidOperationException("The response has begun.") : value;
        }

        public new int StatusCode => _status;
    }
}
