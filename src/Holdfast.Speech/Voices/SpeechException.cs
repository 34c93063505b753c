using Holdfast.Media;

namespace Holdfast.Speech;

/// <summary>A text could not be turned into speech; the message is for whoever runs the server, the fault for the person.</summary>
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

    /// <summary>What the person is told.</summary>
    public UtteranceFault Fault { get; init; } = UtteranceFault.VoiceFailed;
}
