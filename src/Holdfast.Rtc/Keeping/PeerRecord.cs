using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc.Keeping;

/// <summary>What stays as it is for as long as a connection lives, but for what is negotiated anew. Holds key material: only ever store it encrypted.</summary>
internal sealed record PeerKeysRecord
{
    /// <summary>Raised when an older server could not go on with it any more.</summary>
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    public required string Tag { get; init; }

    public required byte[] IceSecret { get; init; }

    public required string StreamId { get; init; }

    /// <summary>The offers that were answered (<see cref="PackedText"/>), the first one first: what was agreed follows from them.</summary>
    public required IReadOnlyList<byte[]> Offers { get; init; }

    /// <summary>The generation of the newest answer.</summary>
    public required int AnsweredGeneration { get; init; }

    public required IReadOnlyList<string> Candidates { get; init; }

    /// <summary>The codec of pictures; null where none were agreed on, or where a server wrote this that knew VP8 only.</summary>
    public string? Codec { get; init; }

    public required uint FirstSsrc { get; init; }

    public required ulong SdpSessionId { get; init; }

    public required ulong SdpSessionVersion { get; init; }

    public required uint SoundTimestampOffset { get; init; }

    public required uint PicturesTimestampOffset { get; init; }

    public required SrtpProfile Profile { get; init; }

    public required byte[] ClientKey { get; init; }

    public required byte[] ClientSalt { get; init; }

    public required byte[] ServerKey { get; init; }

    public required byte[] ServerSalt { get; init; }

    /// <summary>Tells the client's DTLS records from anybody's.</summary>
    public required GuardRecord Guard { get; init; }

    /// <summary>The end of the handshake as it was sent, for a client that has not received it.</summary>
    public required IReadOnlyList<byte[]> LastFlight { get; init; }

    /// <summary>Names no key, so that a record that strays into a log gives nothing away.</summary>
    public override string ToString() => $"{nameof(PeerKeysRecord)} {Version}";
}

/// <summary>What opens the client's DTLS records.</summary>
internal sealed record GuardRecord(byte[] Key, byte[] Salt)
{
    public override string ToString() => nameof(GuardRecord);
}

/// <summary>How far a connection has come.</summary>
internal sealed record PeerNumbersRecord
{
    public required int Version { get; init; }

    /// <summary>Microseconds since the Unix epoch.</summary>
    public required long At { get; init; }

    public required NumberRecord Sound { get; init; }

    public required NumberRecord Pictures { get; init; }

    public required NumberRecord Repeats { get; init; }

    public required NumberRecord Control { get; init; }

    /// <summary>The transport-wide sequence number to go on with.</summary>
    public required ushort Transport { get; init; }

    /// <summary>What the packetizer of pictures goes on with; it is named after VP8's, which is a picture id.</summary>
    public required ulong PictureId { get; init; }

    /// <summary>Numbers in a row that the client may have seen nothing of are counted by its reports.</summary>
    public required uint SoundPackets { get; init; }

    public required uint SoundOctets { get; init; }

    public required uint PicturePackets { get; init; }

    public required uint PictureOctets { get; init; }

    /// <summary>What was received of each SSRC.</summary>
    public required IReadOnlyList<SrtpStreamState> Received { get; init; }

    public required int Generation { get; init; }

    public required int NewestGeneration { get; init; }

    public required string? RemoteUfrag { get; init; }

    public required int PendingGeneration { get; init; }

    public required string? PendingUfrag { get; init; }

    /// <summary>Where media goes; null where no pair was nominated.</summary>
    public required string? Path { get; init; }

    /// <summary>What the line there was taken for, bits a second; null where it was only guessed, or where an older server wrote this.</summary>
    public int? Line { get; init; }
}
