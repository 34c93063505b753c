using Holdfast.Media;

namespace Holdfast.Sessions;

// Who is seen and heard, which can be changed while the session runs.
public sealed partial class Session
{
    /// <summary>Changes who is seen from the next picture on, and how is spoken from the next sentence on. Nothing else of the session is touched.</summary>
    /// <param name="wish">What is to be otherwise. A speed or pitch outside of what a voice is made to do is taken for the nearest.</param>
    public AdjustOutcome Adjust(ShowAdjustment wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.Name is { } showName && !_services.Shows.Shows.Any(show => string.Equals(show.Name, showName, StringComparison.Ordinal)))
        {
            return AdjustOutcome.UnknownShow;
        }

        var takesOwn = string.Equals(wish.Voice, ShowAdjustment.OwnVoice, StringComparison.OrdinalIgnoreCase);
        if (wish.Voice is { } voice && !takesOwn && !_services.Shows.HasVoice(voice))
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

            if (wish.Name is { } other && !string.Equals(other, ShowName, StringComparison.Ordinal))
            {
                // What somebody else said last is no word about how this one reads a number.
                _language = null;
            }

            (ShowName, Voice) = (wish.Name ?? ShowName, takesOwn ? null : wish.Voice ?? Voice);
            (Speed, Pitch) = (Within(wish.Speed) ?? Speed, Within(wish.Pitch) ?? Pitch);
            performance?.Adjust(takesOwn ? wish with { Voice = ShowAdjustment.OwnVoice } : wish);
            Journal.Append(new SessionEvent.Adjusted(ShowName, Voice, Speed, Pitch));
        }

        return AdjustOutcome.Adjusted;
    }

    /// <summary>What a show that is made now is to be like.</summary>
    internal ShowAdjustment Adjustment => new() { Voice = Voice, Speed = Speed, Pitch = Pitch };

    private static float? Within(float? factor) =>
        factor is { } asked && float.IsFinite(asked) ? Math.Clamp(asked, ShowAdjustment.Least, ShowAdjustment.Most) : null;
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
