using System.Net.Sockets;

namespace Holdfast.Lab.Sessions;

/// <summary>Sends a request and puts what can go wrong on the way into a sentence.</summary>
internal static class HttpErrors
{
    /// <exception cref="ServerException">Nobody answers.</exception>
    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            var why = e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? "nothing listens there"
                : (e.InnerException ?? e).Message.TrimEnd('.');
            throw new ServerException(ServerFailure.Unreachable, $"There is no server at {http.BaseAddress}: {why}.", inner: e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerException(
                ServerFailure.Unreachable, $"The server at {http.BaseAddress} does not answer within {http.Timeout.TotalSeconds:0} s.", inner: e);
        }
    }
}
