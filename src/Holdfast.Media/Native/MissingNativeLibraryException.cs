namespace Holdfast.Media;

/// <summary>A codec library is not installed, or is one that cannot be used; the message is one line that says what to install.</summary>
public sealed class MissingNativeLibraryException : Exception
{
    /// <param name="message">One line for the person who starts the server.</param>
    public MissingNativeLibraryException(string message)
        : base(message)
    {
    }

    /// <param name="message">One line for the person who starts the server.</param>
    /// <param name="innerException">What the loader said.</param>
    public MissingNativeLibraryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without a message of its own.</summary>
    public MissingNativeLibraryException()
    {
    }
}
