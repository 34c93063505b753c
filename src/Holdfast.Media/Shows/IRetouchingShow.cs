namespace Holdfast.Media;

/// <summary>A show that can make its next picture out of the last one, where little is another: the rest is neither drawn nor encoded again.</summary>
public interface IRetouchingShow : IShow
{
    /// <summary>Draws the picture that belongs to the sound last read over the one before it. Called as <see cref="IShow.Draw"/> is.</summary>
    /// <param name="frameIndex">As for <see cref="IShow.Draw"/>.</param>
    /// <param name="picture">What this show drew last, and nobody else since; receives the picture.</param>
    /// <returns>Outside of this nothing changed; all of the picture where all was drawn.</returns>
    PictureArea Retouch(long frameIndex, I420Picture picture);
}
