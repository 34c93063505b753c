using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>One session's pictures of its character: all of each drawn, or only the face on a head that is held. Belongs to the pacing thread.</summary>
internal sealed class HeldPictures
{
    private readonly HeldPose _held = new();
    private AvatarStage? _stage;

    /// <summary>What was drawn last is no pose.</summary>
    public void Forget() => _stage = null;

    /// <summary>Draws over what was drawn last into the same picture; all of it where that is forgotten.</summary>
    /// <returns>Outside of this nothing changed.</returns>
    public PictureArea Retouch(AvatarStage stage, long index, in Pose pose, I420Picture picture)
    {
        if (ReferenceEquals(stage, _stage) && _held.TryHold(index, pose, out var last, out var held))
        {
            _held.Drew(index, held);
            return stage.Redraw(last, held, picture);
        }

        stage.Draw(pose, picture);
        _held.Drew(index, pose);
        _stage = stage;
        return PictureArea.AllOf(picture);
    }
}
