using Microsoft.Extensions.AI;
using Whisper.net;

namespace Holdfast.Speech;

/// <summary>Whisper on this machine, by Whisper.net: the model is loaded with the first sound. Needs a Whisper.net.Runtime package beside it.</summary>
internal static class WhisperRecogniser
{
    /// <param name="file">A ggml model that was looked at before (<see cref="GgmlFile"/>).</param>
    public static ISpeechToTextClient Open(string file) => new WhisperSpeechToTextClient(() => WhisperFactory.FromPath(file));
}
