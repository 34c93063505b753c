namespace Holdfast.Rtc.Sdp;

/// <summary>What is kept of one m-line, to answer it again: an answer has the offer's m-lines in the offer's order.</summary>
/// <param name="Media">The media type.</param>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="Formats">The offer's format list, which a refusal repeats.</param>
/// <param name="Mid">The identification tag, or null.</param>
/// <param name="RtcpReducedSize">Whether RTCP packets may be sent alone (RFC 5506).</param>
/// <param name="Agreed">What was agreed, or null where nothing can flow.</param>
/// <param name="Kept">How it stays in the bundle although nothing can flow; null with the one before: it is refused.</param>
internal sealed record SdpAnswerSection(
    string Media, string Protocol, string Formats, string? Mid, bool RtcpReducedSize, NegotiatedMedia? Agreed, SdpKeptSection? Kept);
