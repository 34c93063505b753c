namespace Holdfast.Lab.Line;

/// <summary>What somebody at the end of a line saw and heard.</summary>
/// <param name="Name">Which line.</param>
/// <param name="FirstPicture">From the connection to the first picture, seconds; null: none came.</param>
/// <param name="DelayP50">How much later than on an empty line sound came, ms, the middle; after the first 2 s, as all that follows.</param>
/// <param name="DelayP95">The same, exceeded by one in twenty.</param>
/// <param name="PictureDelayP95">From a picture's instant to all of it being there, less the line's delay, ms.</param>
/// <param name="Pictures">A second.</param>
/// <param name="Freezes">How often the picture stood still, over the whole time.</param>
/// <param name="FrozenSeconds">How long.</param>
/// <param name="Words">Words that were said.</param>
/// <param name="WordsTorn">Those of which more than 60 ms in a row did not come and could not be made up from what did.</param>
/// <param name="SoundMissing">The share of the sound that did not come, repaired or not.</param>
/// <param name="LineUse">The share of the line that was used while speaking, after it had 5 s to settle.</param>
/// <param name="SettledAfterStep">Seconds after the last step until sound was no more than 200 ms late for good; null: no step, or never.</param>
/// <param name="Lost">The share of all packets that the line dropped.</param>
/// <param name="Series">What it looked like, each 200 ms.</param>
internal sealed record LineResult(
    string Name,
    double? FirstPicture,
    double DelayP50,
    double DelayP95,
    double PictureDelayP95,
    double Pictures,
    int Freezes,
    double FrozenSeconds,
    int Words,
    int WordsTorn,
    double SoundMissing,
    double LineUse,
    double? SettledAfterStep,
    double Lost,
    IReadOnlyList<LineSample> Series);

/// <summary>A fifth of a second.</summary>
/// <param name="At">Seconds after the connection.</param>
/// <param name="Line">What the line carries, kbit/s.</param>
/// <param name="Sent">What was sent, kbit/s, headers included.</param>
/// <param name="Estimate">What the sender takes the line for, kbit/s; 0 where it does not tell.</param>
/// <param name="Delay">How late the newest sound was, ms.</param>
/// <param name="Pictures">Pictures that came.</param>
internal readonly record struct LineSample(double At, double Line, double Sent, double Estimate, double Delay, int Pictures);
