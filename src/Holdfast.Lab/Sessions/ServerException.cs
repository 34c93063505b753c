using System.Net;

namespace Holdfast.Lab.Sessions;

/// <summary>Why a call to a server came to nothing.</summary>
internal enum ServerFailure
{
    /// <summary>Nobody answers there.</summary>
    Unreachable,

    /// <summary>It has no place left.</summary>
    Full,

    /// <summary>The session has ended, or is not known (any more).</summary>
    Gone,

    /// <summary>It refuses for another reason.</summary>
    Refused,

    /// <summary>It answers something that is not this API.</summary>
    NotUnderstood,
}

/// <summary>A call to a server that came to nothing; the message is a sentence for a person.</summary>
internal sealed class ServerException(ServerFailure failure, string message, HttpStatusCode? status = null, Exception? inner = null)
    : Exception(message, inner)
{
    public ServerFailure Failure { get; } = failure;

    public HttpStatusCode? Status { get; } = status;

    /// <summary>In how long the server wants to be asked again (Retry-After, RFC 9110 section 10.2.3); null: it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
