using System.Diagnostics;

namespace Holdfast.Dialogue;

/// <summary>
/// What speaks for a conversation. What became of a piece is told to <see cref="Conversation.OnUtteranceEnded"/> by whoever owns both. Calls
/// come from any thread, never under a lock, and return at once.
/// </summary>
internal interface IMouth
{
    /// <summary>Puts a piece of an answer at the end of what is to be said.</summary>
    /// <param name="turn">The turn it belongs to.</param>
    /// <param name="text">As it was written.</param>
    /// <param name="language">The language that it is in, as a tag; "und-Hani" where only the letters are known; null where nothing is.</param>
    /// <param name="trace">The turn's span; default where nobody traces it.</param>
    SpeakResult Speak(long turn, string text, string? language, ActivityContext trace);

    /// <summary>Stops what is being said, or was paused, and forgets what was to be said. Each piece is then told to have ended.</summary>
    void Stop();

    /// <summary>Is silent at once, and can go on; also what others have it say. Again and again it is the same.</summary>
    void Pause();

    /// <summary>Goes on at the last pause before what was not heard.</summary>
    void GoOn();
}

/// <summary>What became of a piece that was to be said.</summary>
internal abstract record SpeakResult
{
    private SpeakResult()
    {
    }

    /// <summary>It will be said.</summary>
    /// <param name="UtteranceId">Under this name.</param>
    public sealed record Accepted(string UtteranceId) : SpeakResult;

    /// <summary>There is nothing in it that could be said: an emoji, a line. It is shown only.</summary>
    public sealed record NothingToSay : SpeakResult;

    /// <summary>Not now: so much waits already. It is tried again.</summary>
    public sealed record NotNow : SpeakResult;

    /// <summary>Never: the session is over.</summary>
    public sealed record Gone : SpeakResult;
}
