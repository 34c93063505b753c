namespace Holdfast.Rtc.Srtp;

/// <summary>What a context knows of one SSRC: how far its packet indices (ROC * 65,536 + sequence number) have come.</summary>
internal sealed class SrtpStream(uint ssrc)
{
    /// <summary>2^48 packets, after which a master key is used up (RFC 3711 section 9.2).</summary>
    private const long MaximumIndex = (1L << 48) - 1;

    private ReplayWindow _rtp;
    private ReplayWindow _rtcp;

    public SrtpStream(in SrtpStreamState state)
        : this(state.Ssrc)
    {
        _rtp = ReplayWindow.StartingAfter(state.HighestRtpIndex);
        _rtcp = ReplayWindow.StartingAfter(state.HighestRtcpIndex);
    }

    public uint Ssrc { get; } = ssrc;

    public SrtpStreamState State => new(Ssrc, _rtp.Highest, _rtcp.Highest);

    /// <summary>Takes the index of the next packet to send. An index is never given out twice, and never one below another.</summary>
    /// <exception cref="InvalidOperationException">The sequence number is the last one or an older one, or the key is used up.</exception>
    public long TakeIndex(ushort sequenceNumber)
    {
        var highest = _rtp.Highest;
        var index = highest < 0 ? sequenceNumber : highest + (short)(sequenceNumber - (ushort)highest);
        if (index <= highest)
        {
            throw new InvalidOperationException($"Sequence number {sequenceNumber} of SSRC {Ssrc:x8} was protected before, or is older than the last one.");
        }

        if (index > MaximumIndex)
        {
            throw new InvalidOperationException("The master key is used up.");
        }

        _rtp.Accept(index);
        return index;
    }

    /// <summary>The most likely index of a received packet (RFC 3711 section 3.3.1 and appendix A); authentication decides whether it was right.</summary>
    public long EstimateIndex(ushort sequenceNumber)
    {
        var highest = _rtp.Highest;
        if (highest < 0)
        {
            return sequenceNumber;
        }

        var distance = sequenceNumber - (int)(highest & 0xFFFF);
        distance += distance switch
        {
            > 0x8000 => -0x10000,
            < -0x8000 => 0x10000,
            _ => 0,
        };

        // Before the first wrap there is no roll-over count below 0.
        return highest + distance < 0 ? sequenceNumber : highest + distance;
    }

    public bool IsNewRtp(long index) => index <= MaximumIndex && _rtp.IsNew(index);

    public void AcceptRtp(long index) => _rtp.Accept(index);

    public bool IsNewRtcp(uint index) => _rtcp.IsNew(index);

    public void AcceptRtcp(uint index) => _rtcp.Accept(index);
}
