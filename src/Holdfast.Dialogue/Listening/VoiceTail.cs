using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// Where in its last frames a voice ended. What tells voices from noise goes on saying "voice" for a moment when there is none any more, and knows whole frames
/// only; the silence that ends a turn begins where the sound does.
/// </summary>
/// <remarks>Loud noise behind a voice hides its end: then it is where the frames say. Not thread-safe: it belongs to the listener's own order.</remarks>
internal sealed class VoiceTail
{
    /// <summary>The end is looked for in steps of 4 ms.</summary>
    private const int Step = HearingFormat.SampleRate / 250;

    /// <summary>A part of the voice's power that is nothing any more: 40 dB below what was loudest lately.</summary>
    private const double Nothing = 1e-4;

    /// <summary>Of a loud voice, or a knock, half is forgotten in some 2 s: who goes on quietly is heard.</summary>
    private const double Kept = 0.99;

    /// <summary>Frames without a sound that are taken for the end of a voice; where more are called voice, they are one.</summary>
    private const int Longest = 3;

    private double _loudest;
    private int _quiet;

    /// <summary>Takes the next frame of a speech.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="isVoiced">Whether it is called voice.</param>
    /// <param name="before">Where the voice ended up to now, in samples.</param>
    /// <param name="length">The length of the speech with this frame, in samples.</param>
    /// <returns>Where the voice ends.</returns>
    public int UpTo(ReadOnlySpan<short> frame, bool isVoiced, int before, int length)
    {
        _loudest *= Kept;
        if (!isVoiced)
        {
            _quiet = 0;
            return before;
        }

        var end = 0;
        for (var at = 0; at < frame.Length; at += Step)
        {
            var power = 0.0;
            var step = frame.Slice(at, Math.Min(Step, frame.Length - at));
            foreach (var sample in step)
            {
                power += (double)sample * sample;
            }

            power /= step.Length;
            _loudest = Math.Max(_loudest, power);
            end = power > Nothing * _loudest ? at + step.Length : end;
        }

        _quiet = end > 0 ? 0 : _quiet + 1;
        return end > 0 ? length - frame.Length + end : _quiet <= Longest ? before : length;
    }
}
