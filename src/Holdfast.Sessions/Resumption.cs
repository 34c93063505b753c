namespace Holdfast.Sessions;

/// <summary>Where a performance went on after it was stopped, so that nothing said was lost.</summary>
/// <param name="UtteranceId">The utterance it is in.</param>
/// <param name="Offset">How far into the utterance it went on; a multiple of 20 ms.</param>
/// <param name="Repeated">How much of what had been heard was said again, back to the last pause before the first unheard word.</param>
/// <param name="Away">How long the session had no path; zero where it was a short loss that was not noticed as an interruption.</param>
public sealed record Resumption(string UtteranceId, TimeSpan Offset, TimeSpan Repeated, TimeSpan Away);

/// <summary>What becomes of what is being said while nobody can hear it.</summary>
public enum GapPolicy
{
    /// <summary>It stands still, and goes on at the last pause before the first unheard word.</summary>
    Pause,

    /// <summary>It goes on in time, as a broadcast would, and what is said meanwhile is lost. It is neither drawn nor encoded.</summary>
    Finish,

    /// <summary>The rest of the utterance is given up. What waits behind it is said when somebody is there again.</summary>
    Drop,
}

/// <summary>What became of the speech of a session so far.</summary>
/// <param name="LastResumption">The last time the performance went back; null before the first.</param>
/// <param name="Repeated">How much was said again, all together.</param>
/// <param name="Lost">How much speech is known to have been lost; pauses in it do not count.</param>
public sealed record PlayoutSnapshot(Resumption? LastResumption, TimeSpan Repeated, TimeSpan Lost);
