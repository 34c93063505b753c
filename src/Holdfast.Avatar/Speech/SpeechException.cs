namespace Holdfast.Avatar;

/// <summary>A text could not be turned into speech; the message is one line for a person.</summary>
internal sealed class SpeechException : Exception
{
    public SpeechException(string message)
        : base(message)
    {
    }

    public SpeechException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public SpeechException()
    {
    }
}
