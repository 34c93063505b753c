namespace Holdfast.Sessions;

/// <summary>Which limit a client met that asked for a session and was refused.</summary>
public enum AdmissionLimit
{
    /// <summary>All sessions there may be are there, and all of them are in use.</summary>
    Sessions,

    /// <summary>As many sessions wait for their first connection as may, and all of them are being connected.</summary>
    Negotiating,

    /// <summary>As many sessions from the client's address wait for their first connection as may, and all of them are being connected.</summary>
    NegotiatingFromAddress,

    /// <summary>As many sessions from the client's address are held without a connection as may.</summary>
    HeldFromAddress,

    /// <summary>The client's user has as many sessions as one may have.</summary>
    OfUser,

    /// <summary>As many sessions began without a viewer as may.</summary>
    Unattended,

    /// <summary>There is no head room: one more would cost those who are there their words.</summary>
    HeadRoom,
}
