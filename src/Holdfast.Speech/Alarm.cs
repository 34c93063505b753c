namespace Holdfast.Speech;

/// <summary>
/// Cancels what takes too long, where somebody else's code has the token. Whatever is registered with a token runs on the thread that cancels it; here that is a
/// timer's, where an exception that nobody catches ends the process.
/// </summary>
internal static class Alarm
{
    /// <summary>Cancels a source after a while; once, unless the timer is set again.</summary>
    /// <param name="source">What to cancel; disposed of after the timer.</param>
    /// <param name="after">After how long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="period">After how long again.</param>
    /// <param name="isDue">Whether it is time indeed; null: always.</param>
    public static ITimer Set(CancellationTokenSource source, TimeSpan after, TimeProvider time, TimeSpan? period = null, Func<bool>? isDue = null) => time.CreateTimer(
        _ =>
        {
            if (isDue?.Invoke() != false)
            {
                Ring(source);
            }
        },
        state: null,
        after,
        period ?? Timeout.InfiniteTimeSpan);

    private static void Ring(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // What was waited for came in the same moment.
        }
        catch (AggregateException)
        {
            // It is cancelled all the same; that somebody failed to take it in is seen by who waits for them.
        }
    }
}
