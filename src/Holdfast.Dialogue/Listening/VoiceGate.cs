using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>Whether a voice begins, for somebody who may have been told to be quiet: they are heard again when they were. Pure.</summary>
internal sealed class VoiceGate(double threshold)
{
    /// <summary>Whoever was told to be quiet begins anew after so many frames of silence: 300 ms.</summary>
    private const int FramesOfSilence = 10;

    private readonly VoiceDetector _detector = new(threshold);
    private int _framesToBeQuiet;

    /// <summary>Whether the last frame was voice.</summary>
    public bool IsVoiced => _detector.IsVoiced;

    /// <summary>Takes the next frame.</summary>
    /// <returns>Whether a voice begins.</returns>
    public bool Begins(float probability)
    {
        var begins = _detector.Begins(probability);
        if (_framesToBeQuiet == 0)
        {
            return begins;
        }

        _framesToBeQuiet = _detector.IsVoiced ? FramesOfSilence : _framesToBeQuiet - 1;
        if (_framesToBeQuiet == 0)
        {
            _detector.Restart();
        }

        return false;
    }

    /// <summary>What is being said is not wanted.</summary>
    public void Silence()
    {
        _detector.Restart();
        _framesToBeQuiet = FramesOfSilence;
    }

    /// <summary>A voice that goes on begins anew.</summary>
    public void Restart() => _detector.Restart();
}
