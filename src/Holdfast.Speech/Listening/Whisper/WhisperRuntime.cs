using Whisper.net;

namespace Holdfast.Speech;

/// <summary>whisper.cpp's native library, which the app brings.</summary>
internal static class WhisperRuntime
{
    private static readonly Lazy<string?> Fault = new(Load);

    /// <summary>Why it cannot be used on this machine; null where it can.</summary>
    public static string? Problem => Fault.Value;

    /// <summary>Whether it knows a language by its code of two or three letters.</summary>
    public static bool Knows(string language) =>
        // The last one is missing in what the library counts.
        language is "yue" || WhisperFactory.GetSupportedLanguages().Contains(language, StringComparer.Ordinal);

    private static string? Load()
    {
        try
        {
            _ = WhisperFactory.GetRuntimeInfo();
            return null;
        }
        catch (FileNotFoundException)
        {
            return "the app does not have it for this machine; add the package Whisper.net.Runtime (or Whisper.net.Runtime.Cuda, ...) to it.";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever a loader throws for a library that lacks another one, or a processor without its instructions.
            return $"it cannot be loaded: {exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')} (Debian and Ubuntu: sudo apt install libgomp1).";
        }
    }
}
