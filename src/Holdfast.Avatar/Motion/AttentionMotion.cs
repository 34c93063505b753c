using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>
/// What listening and thinking make of the idle pose: eyes on the person, a tilted head and small nods; or eyes that go away for a moment. It comes back to
/// exactly nothing, and does so by itself after a while, since a pose that is not the idle one has to be drawn for each session.
/// </summary>
internal sealed class AttentionMotion
{
    private const float Second = 0.02f;
    private const float Rise = Second / 0.45f;
    private const float Fall = Second / 0.60f;

    /// <summary>So long a listener is seen to listen, and so long a thinker looks away, in seconds; then it looks as if at rest.</summary>
    private const float LongestListening = 20;
    private const float LongestThinking = 5;

    private Attention _attention;
    private float _listening;
    private float _thinking;
    private float _time;

    /// <summary>Whether nothing is added: the idle pose is the whole pose.</summary>
    public bool IsIdle => _listening == 0 && _thinking == 0;

    /// <summary>Goes 20 ms on.</summary>
    /// <param name="attention">What it is to look like.</param>
    public void Tick(Attention attention)
    {
        if (attention != _attention)
        {
            (_attention, _time) = (attention, 0);
        }

        if (attention == Attention.None && IsIdle)
        {
            return;
        }

        _time += Second;
        _listening = Towards(_listening, attention == Attention.Listening && _time < LongestListening);
        _thinking = Towards(_thinking, attention == Attention.Thinking && _time < LongestThinking);
    }

    /// <summary>The idle pose with it.</summary>
    public Pose Apply(in Pose idle)
    {
        if (IsIdle)
        {
            return idle;
        }

        var (listens, thinks) = (Soft(_listening), Soft(_thinking));
        var calm = 1 - MathF.Max(listens, thinks);

        // A listener nods now and then: down, and a little less up.
        var nod = Bump((_time - 1.3f) % 2.9f, 0.55f) - (0.35f * Bump((_time - 1.7f) % 2.9f, 0.5f));

        // Whoever thinks looks up and aside, and after a while somewhere else.
        var aside = _time % 3.2f < 1.7f ? 1f : 0.72f;
        return idle with
        {
            Yaw = (idle.Yaw * (0.45f + (0.55f * calm))) - (thinks * 0.34f),
            Pitch = idle.Pitch + (listens * ((0.42f * nod) + 0.06f)) - (thinks * 0.34f),
            Roll = idle.Roll + (listens * 1.9f) - (thinks * 2.0f),
            GazeX = (idle.GazeX * calm * calm) - (thinks * 1.25f * aside),
            GazeY = (idle.GazeY * calm * calm) - (thinks * 1.20f * aside),
            Brow = idle.Brow + (listens * 0.34f) + (thinks * 0.20f),
            Smile = MathF.Max(0, idle.Smile + (listens * 0.16f) - (thinks * 0.26f)),
            Sway = idle.Sway - (listens * 1.6f) + (thinks * 1.2f),
            Shoulders = idle.Shoulders + (listens * 0.9f) - (thinks * 0.6f),
            Mouth = idle.Mouth with { Press = thinks * 0.45f, Width = thinks * -0.15f },
        };
    }

    private static float Towards(float value, bool up) => Math.Clamp(value + (up ? Rise : -Fall), 0, 1);

    private static float Soft(float part) => part * part * (3 - (2 * part));

    private static float Bump(float time, float length) =>
        time > 0 && time < length ? 0.5f - (0.5f * MathF.Cos(2 * MathF.PI * time / length)) : 0;
}
