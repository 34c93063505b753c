namespace Holdfast.Rtc;

/// <summary>Who may have an endpoint's UDP port besides it (Linux; elsewhere, and where the port is any free one, nobody ever).</summary>
public enum PortUse
{
    /// <summary>Nobody.</summary>
    Alone,

    /// <summary>Nobody at first; later another process of the same user, which then goes on with its connections.</summary>
    Lendable,

    /// <summary>Another process, which lets go of it in a moment. Until then the system deals what arrives out to both.</summary>
    Borrowed,
}
