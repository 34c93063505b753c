namespace Holdfast.Avatar;

/// <summary>
/// How a character moves while it only listens: breath, blinks, glances and small turns of the head, as a pure function of
/// the picture's number that starts again seamlessly after <see cref="Period"/> pictures.
/// </summary>
internal sealed class IdleMotion
{
    /// <summary>Pictures in a round: 10 s at 25 a second.</summary>
    public const int Period = 250;

    // Lids fall faster than they rise.
    private static readonly float[] Lids = [0.30f, 0.86f, 1.00f, 0.82f, 0.48f, 0.20f, 0.06f];

    private readonly Pose[] _poses = new Pose[Period];

    /// <param name="character">Two characters never move alike.</param>
    public IdleMotion(CharacterMotion character)
    {
        for (var i = 0; i < Period; i++)
        {
            _poses[i] = Compute(character, i);
        }
    }

    /// <summary>The pose of a picture, by its number since the stream began.</summary>
    public Pose this[long frameIndex] => _poses[frameIndex % Period];

    private static Pose Compute(CharacterMotion character, int frame)
    {
        float Wave(int times, float phase) => MathF.Sin(2 * MathF.PI * (((float)frame * times / Period) + phase + character.Phase));

        var (gazeX, gazeY) = Gaze(character.Glances, frame);
        var breath = 0.5f - (0.5f * Wave(3, 0.1f));
        return new Pose
        {
            Breath = breath * breath * (3 - (2 * breath)),
            Yaw = (0.22f * Wave(1, 0.0f)) + (0.10f * Wave(2, 0.3f)) + (0.16f * gazeX),
            Pitch = (0.12f * Wave(2, 0.6f)) + (0.06f * Wave(3, 0.2f)) + (0.10f * gazeY),
            Roll = (0.65f * Wave(1, 0.4f)) + (0.35f * Wave(2, 0.8f)),
            GazeX = gazeX - (0.10f * Wave(1, 0.0f)),
            GazeY = gazeY,
            Blink = Blink(character.Blinks, frame),
            Brow = 0.08f * Wave(2, 0.15f),
            Smile = 0.30f + (0.18f * Wave(1, 0.7f)),

            // The ends of the hair come a quarter of a swing after the head; a breath of air moves them besides.
            Sway = (-2.6f * Wave(1, 0.15f)) - (1.5f * Wave(2, 0.55f)) + (0.7f * Wave(5, 0.3f)),
            Shoulders = (0.8f * Wave(1, 0.55f)) + (0.5f * Wave(2, 0.1f)),
        };
    }

    private static float Blink(int[] blinks, int frame)
    {
        foreach (var start in blinks)
        {
            var at = (frame - start + Period) % Period;
            if (at < Lids.Length)
            {
                return Lids[at];
            }
        }

        return 0;
    }

    /// <summary>The eyes rest on something, then jump within three pictures to the next.</summary>
    private static (float X, float Y) Gaze(Glance[] glances, int frame)
    {
        var from = glances[^1];
        foreach (var glance in glances)
        {
            if (frame < glance.Frame)
            {
                break;
            }

            var part = Math.Min(1f, (frame - glance.Frame + 1) / 3f);
            part = part * part * (3 - (2 * part));
            if (part < 1)
            {
                return (from.X + ((glance.X - from.X) * part), from.Y + ((glance.Y - from.Y) * part));
            }

            from = glance;
        }

        return (from.X, from.Y);
    }
}

/// <summary>The eyes turn to another place.</summary>
internal readonly record struct Glance(int Frame, float X, float Y);

/// <summary>When a character blinks and where it looks, within one round of <see cref="IdleMotion"/>.</summary>
/// <param name="Phase">Shift of the slow movements, 0 to 1.</param>
/// <param name="Blinks">Pictures at which the lids begin to fall.</param>
/// <param name="Glances">In order.</param>
internal sealed record CharacterMotion(float Phase, int[] Blinks, Glance[] Glances);
