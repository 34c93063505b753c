namespace Holdfast.Media;

/// <summary>
/// A show that can be silent for a while and go on with its picture: whoever is spoken to listens. A show that cannot is one whose picture stands still
/// meanwhile.
/// </summary>
public interface IHushableShow : IShow
{
    /// <summary>
    /// Whether it says nothing: its sound ends softly with the next 20 ms and its picture rests; nothing of its speech passes meanwhile. Called by the one who calls
    /// <see cref="IShow.ReadAudio"/>; again and again it is the same.
    /// </summary>
    void Hush(bool isHushed);
}
