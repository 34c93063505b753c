using Microsoft.ML.OnnxRuntime;

namespace Holdfast.Speech;

/// <summary>How likely it is that somebody speaks, frame by frame of one voice. One caller at a time; no allocation per frame beyond the runtime's own.</summary>
internal sealed class VoiceActivity : IDisposable
{
    /// <summary>The end of the frame before, which the model wants with each.</summary>
    private const int ContextSamples = 64;

    private const int StateLength = 2 * 128;

    private static readonly string[] Inputs = ["input", "state", "sr"];
    private static readonly string[] Outputs = ["output", "stateN"];
    private static readonly RunOptions Options = new();

    private readonly SileroModel _model;
    private readonly float[] _input = new float[ContextSamples + HearingFormat.FrameSamples];
    private readonly float[] _state = new float[StateLength];
    private readonly float[] _nextState = new float[StateLength];
    private readonly float[] _probability = new float[1];
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;

    public VoiceActivity(SileroModel model)
    {
        _model = model;
        _inputs =
        [
            OrtValue.CreateTensorValueFromMemory(_input, [1, _input.Length]),
            OrtValue.CreateTensorValueFromMemory(_state, [2, 1, 128]),
            OrtValue.CreateTensorValueFromMemory(new long[] { HearingFormat.SampleRate }, []),
        ];
        _outputs =
        [
            OrtValue.CreateTensorValueFromMemory(_probability, [1, 1]),
            OrtValue.CreateTensorValueFromMemory(_nextState, [2, 1, 128]),
        ];
    }

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame"><see cref="HearingFormat.FrameSamples"/> samples.</param>
    /// <returns>0 to 1.</returns>
    public float Next(ReadOnlySpan<short> frame)
    {
        _input.AsSpan(HearingFormat.FrameSamples).CopyTo(_input);
        for (var i = 0; i < frame.Length; i++)
        {
            _input[ContextSamples + i] = frame[i] / 32_768f;
        }

        _model.Session.Run(Options, Inputs, _inputs, Outputs, _outputs);
        _nextState.CopyTo(_state, 0);
        return _probability[0];
    }

    public void Dispose()
    {
        foreach (var value in _inputs.Concat(_outputs))
        {
            value.Dispose();
        }
    }
}
