namespace Holdfast.Rtc;

/// <summary>
/// What another process needs to go on with a connection that this one has. Opaque. It holds the keys of the connection: only ever store it encrypted.
/// </summary>
/// <param name="Keys">What hardly ever changes: the same memory until the connection is negotiated anew.</param>
/// <param name="Numbers">How far it has come, and how far a successor has to stay away from what was used.</param>
public sealed record KeptConnection(ReadOnlyMemory<byte> Keys, ReadOnlyMemory<byte> Numbers)
{
    /// <summary>Names no key.</summary>
    public override string ToString() => nameof(KeptConnection);
}

/// <summary>Until when a successor would go on with what was stored of connections.</summary>
/// <remarks>
/// While it may, a packet's number has to be reserved on the disk before it is used. A disk that does not answer any more must not silence anybody: so what is
/// stored is good for a while only, and is given a while again every second. When that is over, numbers may be used freely, since nobody goes on with them.
/// </remarks>
internal sealed class KeepingTerm
{
    private long _until = RtcTime.Never.Microseconds;

    /// <summary>Later than this nobody goes on with what is stored.</summary>
    public RtcTime Until
    {
        get => new(Volatile.Read(ref _until));
        set => Volatile.Write(ref _until, value.Microseconds);
    }

    /// <summary>Whether numbers may be used that are not reserved.</summary>
    public bool IsOver(RtcTime now) => now > Until;
}
