namespace Holdfast.Sessions;

/// <summary>Why a performance is played again, until the first tick that can go back has taken it.</summary>
internal sealed class Resuming(ResumeCause cause)
{
    private int _isTaken;

    /// <summary>The cause, until it is taken; null ever after.</summary>
    public ResumeCause? Pending => Volatile.Read(ref _isTaken) == 0 ? cause : null;

    /// <summary>The cause, once; null ever after.</summary>
    public ResumeCause? Take() => Interlocked.Exchange(ref _isTaken, 1) == 0 ? cause : null;
}

/// <summary>How it came that a performance is played again.</summary>
/// <param name="Away">For how long it was not.</param>
/// <param name="Replaced">Whether it is played to another connection than before.</param>
/// <param name="PausedAt">The tick at which it stood still, or at which it changed from one connection to the other.</param>
/// <param name="ToldUpTo">The newest tick of which the old connection's client can have told that it arrived; later, nobody may have been there.</param>
/// <param name="Played">The tick of what the old connection's client played last, where it said so.</param>
internal readonly record struct ResumeCause(TimeSpan Away, bool Replaced, long PausedAt, long ToldUpTo, long? Played)
{
    /// <summary>This one, where it came before anything was done about another: no speech was sent between the two.</summary>
    public ResumeCause After(in ResumeCause before) => new(
        before.Away + Away, before.Replaced || Replaced, before.PausedAt, before.ToldUpTo, before.Replaced ? before.Played : Played);
}
