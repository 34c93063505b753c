namespace Holdfast.Rtc.Srtp;

/// <summary>All that another process needs to carry on a context (docs: surviving the process). Holds key material: only ever store it encrypted.</summary>
/// <param name="Profile">The protection profile.</param>
/// <param name="MasterKey">The master key.</param>
/// <param name="MasterSalt">The master salt.</param>
/// <param name="NextRtcpIndex">The SRTCP index of the next packet to send.</param>
/// <param name="Streams">One entry for each SSRC.</param>
internal sealed record SrtpContextState(
    SrtpProfile Profile,
    byte[] MasterKey,
    byte[] MasterSalt,
    uint NextRtcpIndex,
    IReadOnlyList<SrtpStreamState> Streams)
{
    /// <summary>Names no key, so that a state that strays into a log gives nothing away.</summary>
    public override string ToString() => $"{Profile}, {Streams.Count} streams";
}

/// <summary>How far one SSRC has come.</summary>
/// <param name="Ssrc">The SSRC.</param>
/// <param name="HighestRtpIndex">ROC * 65,536 + sequence number of the newest packet, or -1; the next sequence number to send is its low 16 bits plus one.</param>
/// <param name="HighestRtcpIndex">The highest SRTCP index received from this SSRC, or -1.</param>
internal readonly record struct SrtpStreamState(uint Ssrc, long HighestRtpIndex, long HighestRtcpIndex);
