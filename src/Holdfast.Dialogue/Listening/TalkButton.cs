namespace Holdfast.Dialogue;

/// <summary>How a person wants to be heard: always, or while they hold a button.</summary>
/// <remarks>What it says may be read from any thread; it is changed in the listener's order, except by <see cref="Press"/>.</remarks>
internal sealed class TalkButton
{
    /// <summary>What is on its way when the button is let go.</summary>
    public static readonly TimeSpan Release = TimeSpan.FromMilliseconds(250);

    private volatile ListeningMode _mode;
    private volatile bool _isHeld;
    private long? _releasedAt;

    public ListeningMode Mode => _mode;

    /// <summary>Whether it is held, or was a moment ago.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Whether anybody wants to hear what the microphone sends.</summary>
    public bool IsOpen => _mode == ListeningMode.HandsFree || _isHeld;

    public bool IsHandsFree => _mode == ListeningMode.HandsFree;

    /// <summary>Whether it was let go, and what was on its way may still come.</summary>
    public bool IsBeingReleased => _releasedAt is not null;

    /// <summary>What is said from this moment on is heard. From any thread.</summary>
    public void Press(ListeningMode mode, bool isHeld)
    {
        _mode = mode;
        if (mode == ListeningMode.PushToTalk && isHeld)
        {
            _isHeld = true;
        }
    }

    public void Hold() => _releasedAt = null;

    public void LetGo(long now) => _releasedAt = now;

    public void BeHandsFree() => (_isHeld, _releasedAt) = (false, null);

    /// <returns>Whether it was let go long enough ago, just now.</returns>
    public bool TryRelease(TimeProvider time)
    {
        if (_releasedAt is not { } at || time.GetElapsedTime(at) < Release)
        {
            return false;
        }

        (_releasedAt, _isHeld) = (null, false);
        return true;
    }
}
