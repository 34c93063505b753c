namespace Holdfast.Speech;

/// <summary>
/// Decides from likelihoods when a voice begins: not at the first frame that looks like one, and not again while it goes on. Pure; when a turn is over is
/// <see cref="IEndOfTurn"/>'s to say.
/// </summary>
/// <param name="threshold">From this likelihood on it is a voice; what goes on may be a little less likely.</param>
internal sealed class VoiceDetector(double threshold)
{
    /// <summary>A voice is one for so many frames at least, about 100 ms: a click or a knock is shorter.</summary>
    private const int FramesToBegin = 3;

    /// <summary>What goes on is believed more easily than what begins.</summary>
    private const double Hysteresis = 0.15;

    private int _run;

    /// <summary>Whether the last frame was voice.</summary>
    public bool IsVoiced { get; private set; }

    /// <summary>Takes the next frame.</summary>
    /// <param name="probability">0 to 1.</param>
    /// <returns>Whether a voice begins with it, or rather began <see cref="FramesToBegin"/> frames ago.</returns>
    public bool Begins(float probability)
    {
        IsVoiced = probability >= (IsVoiced ? threshold - Hysteresis : threshold);
        _run = IsVoiced ? _run + 1 : 0;
        return _run == FramesToBegin;
    }

    /// <summary>A voice that goes on begins anew.</summary>
    public void Restart() => (_run, IsVoiced) = (0, false);
}
