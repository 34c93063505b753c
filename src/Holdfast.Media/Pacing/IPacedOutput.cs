namespace Holdfast.Media;

/// <summary>
/// Where the members of a pacing loop send to. It is told where a tick begins and ends, on the loop's thread, so that what one member after the other sends can leave
/// together. Must not block.
/// </summary>
public interface IPacedOutput
{
    /// <summary>A tick begins: the members follow, one after the other.</summary>
    void Begin();

    /// <summary>A member has had its tick. What has waited long leaves.</summary>
    void Continue();

    /// <summary>All have had their tick: what waits leaves.</summary>
    void End();
}
