namespace Holdfast.Rtc;

/// <summary>One Opus packet of the client's microphone, in order.</summary>
/// <param name="Length">Bytes written to the caller's buffer.</param>
/// <param name="RtpTimestamp">The packet's place in the stream, in units of 1/48,000 s, modulo 2^32.</param>
/// <param name="LostBefore">Packets that are missing between the one before and this one: what a decoder has to conceal.</param>
public readonly record struct ReceivedAudio(int Length, uint RtpTimestamp, int LostBefore);
