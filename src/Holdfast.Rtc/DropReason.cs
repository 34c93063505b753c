namespace Holdfast.Rtc;

/// <summary>Why a datagram, or a part of one, was not taken in or not sent.</summary>
public enum DropReason
{
    /// <summary>
    /// Not one of STUN, DTLS, SRTP and SRTCP (RFC 7983), longer than any datagram of theirs, or STUN that is no check.
    /// </summary>
    NotOurs,

    /// <summary>From an address, or with a user name, that belongs to no connection.</summary>
    NoConnection,

    /// <summary>Breaks the rules of its own format.</summary>
    Malformed,

    /// <summary>Integrity or authentication failed.</summary>
    NotAuthentic,

    /// <summary>Seen before.</summary>
    Replayed,

    /// <summary>Media before the keys for it, or DTLS before a path was nominated.</summary>
    TooEarly,

    /// <summary>From an address that no authenticated check has come from.</summary>
    UnknownSource,

    /// <summary>Well-formed and authentic, but nothing that was negotiated.</summary>
    NotNegotiated,

    /// <summary>More of its kind than one client has any use for.</summary>
    TooMany,

    /// <summary>The connection is closed.</summary>
    Closed,

    /// <summary>Not sent: nothing authentic has arrived for so long that sending on would be flooding a stranger.</summary>
    ConsentExpired,

    /// <summary>Not sent: the queue was full.</summary>
    QueueFull,

    /// <summary>Not sent: the system refused. To a receiver it is a lost packet.</summary>
    SendFailed,

    /// <summary>Something went wrong that nobody foresaw. The connection that it belonged to was closed for it.</summary>
    InternalError,

    /// <summary>Not sent: nothing from there has shown yet that what is sent there arrives, and so much was sent already.</summary>
    Unacknowledged,

    /// <summary>Not sent: its number is not reserved yet, so a successor of this process might use it a second time.</summary>
    Unreserved,

    /// <summary>Not sent: the line to the client is so narrow that the picture would have come too late, or it builds on one that would have.</summary>
    TooLate,

    /// <summary>
    /// Not sent: the system's buffer of the socket was full, and nobody waits for it. To a receiver it is a lost packet. The network card, or what shapes the traffic
    /// behind the socket, takes less than is sent.
    /// </summary>
    SendBufferFull,

    /// <summary>
    /// Not taken in: so much of the connection's waits already, or of all connections together, that there is no room. Whoever takes it in is held up, or a client
    /// sends more than its due.
    /// </summary>
    ReceiveQueueFull,
}
