namespace Holdfast.Media;

/// <summary>
/// A show that can go back in what it says, so that nothing is lost while nobody could hear it. A show that cannot is one that
/// goes on where it was stopped.
/// </summary>
/// <remarks>
/// <para>
/// Every 20 ms of its speech, the pauses within an utterance included, has a place: 1, 2, 3, ... in the order of the speech. What is
/// handed out again after <see cref="Rewind"/> has the place it had before. So a place says where in the speech something is, not
/// when it was sent.
/// </para>
/// <para>
/// All of it is called by the one who calls <see cref="IShow.ReadAudio"/>, one call at a time. What
/// <see cref="IShow.Interrupt"/> stopped is gone: nothing goes back to it.
/// </para>
/// </remarks>
public interface IRewindableShow : IShow
{
    /// <summary>The place of the 20 ms that <see cref="IShow.ReadAudio"/> gave last; 0 where they belong to no speech.</summary>
    long Place { get; }

    /// <summary>
    /// Everything before a place was heard. The show may forget it, but for the little that <see cref="Rewind"/> may still need before
    /// this place. What is never released is forgotten too when it gets too much.
    /// </summary>
    void Release(long place);

    /// <summary>
    /// Goes back to the last pause before a place, or to the beginning of its utterance, or as near to either as is kept; what follows from
    /// there is handed out again, sound and picture together. An utterance whose beginning or end was told is not told
    /// of again.
    /// </summary>
    /// <param name="place">
    /// The first place that was not heard. It may be one that was not handed out yet, where all before it was heard and the word that it is in was torn; and it
    /// may be further on than where the show stands, where what was said again was not heard either: it is gone back to the same pause then.
    /// </param>
    /// <returns>Where it goes on, or null where there is nothing to be handed out again: it goes on where it stands.</returns>
    RewindPoint? Rewind(long place);

    /// <summary>
    /// Gives up the rest of the utterance that is being said; those after it are said as if it had ended. It is told as
    /// <see cref="UtteranceEnd.Dropped"/>.
    /// </summary>
    /// <returns>Its id, or null where none was being said.</returns>
    string? DropUtterance();
}

/// <summary>Where a performance goes on after it was rewound.</summary>
/// <param name="Place">The first place that is handed out again.</param>
/// <param name="UtteranceId">The utterance it is in.</param>
/// <param name="Offset">How far into the utterance it is.</param>
public readonly record struct RewindPoint(long Place, string UtteranceId, TimeSpan Offset);
