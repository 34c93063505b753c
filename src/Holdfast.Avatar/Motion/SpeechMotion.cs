namespace Holdfast.Avatar;

/// <summary>
/// What speaking adds to the idle pose: the mouth, nods on stressed syllables, lively brows, a slow sway. It comes back to
/// exactly nothing when the speech is over.
/// </summary>
internal sealed class SpeechMotion
{
    private const float Second = 0.02f;

    private MouthShape _mouth;
    private float _presence;
    private float _average;
    private float _nod;
    private float _nodSpeed;
    private float _brow;
    private float _time;
    private float _yaw;
    private float _roll;
    private float _hair;
    private float _hairSpeed;
    private float _beat;

    /// <summary>Whether nothing is added: the idle pose is the whole pose.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>Goes 20 ms on.</summary>
    /// <param name="speaking">Whether there is sound, or a short pause within it.</param>
    /// <param name="mouth">The mouth for it.</param>
    /// <param name="loudness">0 to 1.</param>
    public void Tick(bool speaking, in MouthShape mouth, float loudness)
    {
        if (!speaking && IsIdle)
        {
            return;
        }

        IsIdle = false;
        _mouth = speaking ? mouth : MouthShape.Blend(_mouth, MouthShape.Rest, 0.5f);
        _presence = Math.Clamp(_presence + (speaking ? Second / 0.35f : -Second / 0.50f), 0, 1);
        _time += Second;

        // What is louder than the voice usually is, is stressed.
        var level = speaking ? loudness : 0;
        _average += (level - _average) * 0.03f;
        var stress = MathF.Max(0, level - _average - 0.04f);
        var pull = (stress * 2.2f) - _nod;
        _nodSpeed += ((pull * 90) - (_nodSpeed * 15)) * Second;
        _nod += _nodSpeed * Second;
        _brow += ((stress * 1.9f) - _brow) * (stress * 1.9f > _brow ? 0.14f : speaking ? 0.05f : 0.10f);

        _yaw = (0.26f * MathF.Sin(_time * 2.1f)) + (0.12f * MathF.Sin(_time * 4.7f));
        _roll = (1.1f * MathF.Sin(_time * 1.7f)) + (0.4f * MathF.Sin(_time * 3.9f));
        var root = Presence * ((_roll * 1.9f) - (_yaw * 6.5f) + (_nod * 1.2f));

        // Hair hangs on the head as a weight on a soft spring; a shoulder goes up with what is stressed, now the one, now the other.
        _hairSpeed += (((root - _hair) * 46) - (_hairSpeed * 3.4f)) * Second;
        _hair += _hairSpeed * Second;
        _beat += ((stress * 7.5f * MathF.Sin(_time * 0.9f)) - _beat) * 0.09f;

        if (!speaking && _presence <= 0)
        {
            Settle();
        }
    }

    /// <summary>The idle pose with speech on it.</summary>
    public Pose Apply(in Pose idle)
    {
        if (IsIdle)
        {
            return idle;
        }

        var presence = Presence;

        // Towards the person, and away for a moment now and then, as people do who look for a word.
        var aside = presence * Glance(_time % 5.3f);
        return idle with
        {
            Yaw = idle.Yaw + (presence * _yaw) + (aside * 0.10f),
            Pitch = idle.Pitch + (_nod * 0.75f) + (presence * 0.10f * MathF.Sin(_time * 3.1f)),
            Roll = idle.Roll + (presence * _roll),
            GazeX = (idle.GazeX * (1 - (0.85f * presence))) + (aside * 0.42f),
            GazeY = (idle.GazeY * (1 - (0.85f * presence))) + (aside * 0.16f),
            Brow = idle.Brow + _brow,
            Smile = idle.Smile + (presence * (0.06f + (0.16f * (0.5f + (0.5f * MathF.Sin(_time * 0.83f)))))),
            Sway = idle.Sway + (presence * _hair),
            Shoulders = idle.Shoulders + (presence * (_beat + (0.9f * MathF.Sin(_time * 1.3f)))),
            Mouth = _mouth,
        };
    }

    private float Presence => _presence * _presence * (3 - (2 * _presence));

    /// <summary>Within a round of 5.3 s: away at 3.4 s, for half a second.</summary>
    private static float Glance(float time)
    {
        var part = Math.Clamp(MathF.Min(time - 3.4f, 4.05f - time) / 0.12f, 0, 1);
        return part * part * (3 - (2 * part));
    }

    private void Settle()
    {
        // Below a tenth of a pixel nobody sees the last of it.
        if (MouthShape.Distance(_mouth, MouthShape.Rest) > 0.004f || MathF.Abs(_nod) > 0.01f || MathF.Abs(_nodSpeed) > 0.1f || _brow > 0.015f)
        {
            return;
        }

        _mouth = MouthShape.Rest;
        _nod = 0;
        _nodSpeed = 0;
        _brow = 0;
        _hair = 0;
        _hairSpeed = 0;
        _beat = 0;
        _average = 0;
        _time = 0;
        IsIdle = true;
    }
}
