namespace Holdfast.Speech;

/// <summary>Why nothing was recognised.</summary>
internal enum RecognitionFault
{
    /// <summary>The service cannot be reached, or broke off.</summary>
    Unreachable,

    /// <summary>It refused.</summary>
    Status,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>It answered what is no answer.</summary>
    Protocol,
}

/// <summary>A recogniser failed; the message is for whoever runs the server.</summary>
internal sealed class RecognitionException : Exception
{
    public RecognitionException(RecognitionFault fault, string message, Exception? innerException = null, int? status = null)
        : base(message, innerException)
    {
        (Fault, Status) = (fault, status);
    }

    public RecognitionException()
    {
    }

    public RecognitionException(string message)
        : base(message)
    {
    }

    public RecognitionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public RecognitionFault Fault { get; } = RecognitionFault.Protocol;

    /// <summary>The HTTP status, where it is one.</summary>
    public int? Status { get; }

    /// <summary>When it may be asked again, where it said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether it is worth asking again.</summary>
    public bool MayPass => Status is null or 408 or 425 or 429 or >= 500;
}
