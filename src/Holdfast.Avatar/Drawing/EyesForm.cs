namespace Holdfast.Avatar;

/// <summary>
/// What the form of eyes and brows depends on, in steps: from one to the next nothing is moved by more than a quarter of a sheet unit, so that what is painted is never
/// further than an eighth from what was asked for. Where they are seen is no part of it.
/// </summary>
internal readonly record struct EyesForm(int GazeX, int GazeY, int Blink, int Brow, int Smile, int Yaw, int Roll)
{
    // An iris goes 5.2 units aside for a gaze of 1.
    private const float GazeStep = 0.05f;

    // Lids go 16.
    private const float BlinkStep = 1 / 64f;

    // The crease goes 1.4, and the brow's arch 1.6.
    private const float BrowStep = 0.16f;

    // The lower lid goes 1.6.
    private const float SmileStep = 0.16f;

    // The far corner goes 1.2.
    private const float YawStep = 0.2f;

    // Degrees; the corners are 24 units from the middle.
    private const float RollStep = 0.6f;
    private const float MostRoll = 5;

    public static EyesForm Of(in Pose pose) => new(
        StepOf(pose.GazeX, GazeStep), StepOf(pose.GazeY, GazeStep), StepOf(pose.Blink, BlinkStep), StepOf(pose.Brow, BrowStep), StepOf(pose.Smile, SmileStep),
        StepOf(pose.Yaw, YawStep), StepOf(Math.Clamp(pose.Roll, -MostRoll, MostRoll), RollStep));

    /// <summary>What of it brows have.</summary>
    public EyesForm OfBrows => this with { GazeX = 0, GazeY = 0, Blink = 0, Smile = 0 };

    /// <summary>How far it leans, in degrees.</summary>
    public float Degrees => Roll * RollStep;

    /// <summary>How it is painted.</summary>
    public Pose Pose => new()
    {
        GazeX = GazeX * GazeStep,
        GazeY = GazeY * GazeStep,
        Blink = Blink * BlinkStep,
        Brow = Brow * BrowStep,
        Smile = Smile * SmileStep,
        Yaw = Yaw * YawStep,
    };

    private static int StepOf(float value, float step) => (int)MathF.Round(value / step);
}
