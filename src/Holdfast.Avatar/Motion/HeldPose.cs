namespace Holdfast.Avatar;

/// <summary>
/// Head, hair and shoulders of every second picture stay as they were in the one before, where they move too little for that to be seen; the face does not.
/// So only a part of it is drawn again, and encoded.
/// </summary>
internal sealed class HeldPose
{
    /// <summary>In sheet units, which are pixels of the usual size: what moves further from one picture to the next would be seen to halt.</summary>
    public const float MostMoved = 0.8f;

    /// <summary>The same of lids, irises and brows, which are small and sharp.</summary>
    public const float MostLookedAside = 0.2f;

    private Pose _last;
    private long _lastIndex = long.MinValue;

    /// <summary>A picture was drawn.</summary>
    /// <param name="index">Its place in the idle motion.</param>
    /// <param name="pose">What it shows.</param>
    public void Drew(long index, in Pose pose) => (_lastIndex, _last) = (index, pose);

    /// <summary>Whether a picture may be made of the one before it.</summary>
    /// <param name="index">Its place in the idle motion; those with odd ones are held.</param>
    /// <param name="pose">What it would show.</param>
    /// <param name="last">What the one before it shows.</param>
    /// <param name="held">What it shows instead.</param>
    public bool TryHold(long index, in Pose pose, out Pose last, out Pose held)
    {
        (last, held) = (_last, pose);
        if (index % 2 == 0 || index != _lastIndex + 1 || pose.MovedFrom(last) > MostMoved)
        {
            return false;
        }

        held = last.WithFaceOf(pose, eyes: pose.LooksAsideFrom(last) > MostLookedAside);
        return true;
    }
}
