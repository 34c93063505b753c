namespace Holdfast.Rtc;

/// <summary>The streams that were negotiated for one connection; they go on over ICE restarts.</summary>
/// <param name="Audio">The sound that is sent.</param>
/// <param name="Video">The pictures that are sent.</param>
/// <param name="Rtx">How pictures' packets are sent again; null: as the same bytes.</param>
/// <param name="Microphone">The sound that is received.</param>
/// <param name="CanonicalName">The RTCP canonical name, in UTF-8.</param>
internal sealed record MediaStreams(
    OutgoingStream? Audio, OutgoingStream? Video, RtxStream? Rtx, Microphone? Microphone, byte[] CanonicalName) : IDisposable
{
    public void Dispose() => Microphone?.Dispose();
}
