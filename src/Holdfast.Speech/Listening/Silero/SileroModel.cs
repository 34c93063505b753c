using Microsoft.ML.OnnxRuntime;

namespace Holdfast.Speech;

/// <summary>
/// Silero's voice activity model, version 6, loaded once for everybody: what differs from one voice to the next is a <see cref="VoiceActivity"/>. From any
/// thread.
/// </summary>
internal sealed class SileroModel : IDisposable
{
    private const string Resource = "Holdfast.Speech.silero_vad_v6.onnx";

    private readonly SessionOptions _options;

    /// <summary>Loads it; some 50 ms and 15 MB.</summary>
    public SileroModel()
    {
        // One thread for a call: a call takes a fraction of a millisecond, and many are made at once.
        _options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using var stream = typeof(SileroModel).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is missing in this build.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        Session = new InferenceSession(bytes, _options);
    }

    internal InferenceSession Session { get; }

    public void Dispose()
    {
        Session.Dispose();
        _options.Dispose();
    }
}
