namespace Holdfast.Rtc.Ice;

/// <summary>What became of one STUN message.</summary>
internal enum IceVerdict
{
    /// <summary>Nothing: it is no Binding request, or its FINGERPRINT is missing or wrong. There is no response.</summary>
    Ignored,

    /// <summary>A request that was refused; the response is an error. It is no sign of life, whoever sent it.</summary>
    Rejected,

    /// <summary>A genuine check that was there before, from elsewhere: a recording. There is no response, and nothing follows from it.</summary>
    Replayed,

    /// <summary>A genuine check that was there before, from the same address: it is answered again, and nothing else follows from it.</summary>
    Repeated,

    /// <summary>A genuine check; the response is a success, and the path is the one it was.</summary>
    Checked,

    /// <summary>
    /// A genuine check that nominated a path: the first one, another one, or one of a newer generation (which may have
    /// the address of the old). The response is a success; <see cref="IceLiteAgent.Selected"/> and
    /// <see cref="IceLiteAgent.Generation"/> are what they are from now on.
    /// </summary>
    PathChanged,
}
