namespace Holdfast.Rtc;

/// <summary>One client's connection on the endpoint: the sans-IO peer, made safe to call from any thread.</summary>
public sealed class RtcConnection
{
    internal RtcConnection() => Answer = "";

    /// <summary>The SDP answer to the offer it was accepted with.</summary>
    public string Answer { get; }

    /// <summary>The routing tag.</summary>
    public string Tag => throw new NotSupportedException();

    /// <summary>How far it has come.</summary>
    public RtcConnectionState State => throw new NotSupportedException();

    /// <summary>The ICE generation of the path in use.</summary>
    public int Generation => throw new NotSupportedException();

    /// <summary>Sends one Opus packet.</summary>
    /// <param name="captureTime">When its first sample is played in the performance, on the clock of <see cref="RtcEndpoint.Now"/>.</param>
    /// <param name="opus">One Opus packet.</param>
    /// <param name="tag">Comes back in <see cref="RtcEvent.FeedbackReceived"/>; 0: not wanted back.</param>
    /// <returns>False where it was not sent: not connected, no sound negotiated, or consent expired.</returns>
    public bool SendAudio(RtcTime captureTime, ReadOnlySpan<byte> opus, ulong tag = 0) => throw new NotSupportedException();

    /// <summary>Sends one VP8 frame; the parameters are as in <see cref="SendAudio"/>.</summary>
    public bool SendVideo(RtcTime captureTime, ReadOnlySpan<byte> vp8, bool isKeyFrame, ulong tag = 0) => throw new NotSupportedException();

    /// <summary>Takes the next packet of the client's microphone, in order; false where none is due.</summary>
    /// <param name="buffer">Receives the Opus packet; 1,500 bytes hold any.</param>
    /// <param name="audio">Its length and place.</param>
    public bool TryReceiveAudio(Span<byte> buffer, out ReceivedAudio audio) => throw new NotSupportedException();

    /// <summary>
    /// Answers an ICE restart, DTLS and SRTP going on as they are. The old path is served until the client nominates the new one.
    /// </summary>
    /// <returns>False where the offer cannot be answered, which changes nothing: <paramref name="error"/> is a sentence for a person.</returns>
    public bool TryRestart(string offerSdp, out string? answer, out string? error) => throw new NotSupportedException();

    /// <summary>What it has done so far.</summary>
    public RtcConnectionStatistics GetStatistics() => throw new NotSupportedException();

    /// <summary>Says goodbye to the client (RTCP BYE and DTLS close_notify) and ends it. A second call does nothing.</summary>
    public void Close() => throw new NotSupportedException();
}
