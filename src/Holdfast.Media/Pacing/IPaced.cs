namespace Holdfast.Media;

/// <summary>Something that does 20 ms of work whenever the media clock says so.</summary>
public interface IPaced
{
    /// <summary>
    /// Does the work of one tick. Called from one pacing thread at a time, which it shares with many others: it must not block.
    /// Ticks come in order; after an overload some may be left out, so <see cref="MediaTick.Index"/> may jump forward.
    /// </summary>
    void Tick(in MediaTick tick);

    /// <summary>
    /// It threw at too many ticks in a row and was removed from its loop: there will be no further tick. Called once, from
    /// the pacing thread. Nothing by default.
    /// </summary>
    void OnFaulted(Exception exception)
    {
    }
}
