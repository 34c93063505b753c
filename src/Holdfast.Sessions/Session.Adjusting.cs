using Holdfast.Media;

namespace Holdfast.Sessions;

// Who is seen and heard, which can be changed while the session runs.
public sealed partial class Session
{
    /// <summary>Changes who is seen from the next picture on, and who is heard from the next sentence on. Nothing else of the session is touched.</summary>
    /// <param name="showName">One of the shows there are; null leaves it.</param>
    /// <param name="voice">One of the voices there are; null leaves it.</param>
    public AdjustOutcome Adjust(string? showName, string? voice)
    {
        if (showName is not null && !_services.Shows.Shows.Any(show => string.Equals(show.Name, showName, StringComparison.Ordinal)))
        {
            return AdjustOutcome.UnknownShow;
        }

        if (voice is not null && !_services.Shows.HasVoice(voice))
        {
            return AdjustOutcome.UnknownVoice;
        }

        // As a text is handed to the show: never while one is being made.
        lock (_saying)
        {
            var performance = CurrentPerformance();
            if (performance is { IsAdjustable: false })
            {
                return AdjustOutcome.NotAdjustable;
            }

            (ShowName, Voice) = (showName ?? ShowName, voice ?? Voice);
            performance?.Adjust(showName, voice);
            Journal.Append(new SessionEvent.Adjusted(ShowName, Voice));
        }

        return AdjustOutcome.Adjusted;
    }
}

/// <summary>What became of a wish to see or hear somebody else.</summary>
public enum AdjustOutcome
{
    /// <summary>It is so from now on.</summary>
    Adjusted,

    /// <summary>There is no show of this name.</summary>
    UnknownShow,

    /// <summary>There is no voice of this name.</summary>
    UnknownVoice,

    /// <summary>What the session shows cannot be changed while it runs.</summary>
    NotAdjustable,
}
