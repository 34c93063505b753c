using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Rtc.Sdp;

/// <summary>A section in which nothing flows, since none of its codecs is ours, and which stays in its bundle all the same.</summary>
/// <param name="PayloadType">A payload type of the offer: an m-line has one at least.</param>
/// <param name="Encoding">The value of its <c>a=rtpmap</c> after the payload type, or null where the offer has none.</param>
/// <param name="Parameters">The value of its <c>a=fmtp</c> after the payload type, or null.</param>
internal sealed record SdpKeptSection(byte PayloadType, string? Encoding, string? Parameters)
{
    /// <summary>How a section is kept; null where it has no payload type, as data channels have none.</summary>
    public static SdpKeptSection? Of(SdpMediaSection section)
    {
        // What repeats or protects other payload types cannot stand alone.
        var codec = section.Codecs.Find(candidate => candidate.Parameter("apt") is null && !candidate.Name.Equals("red", StringComparison.OrdinalIgnoreCase))
            ?? section.Codecs.FirstOrDefault();
        if (section.Kind is null || codec is null)
        {
            return null;
        }

        var channels = codec.Channels == 1 ? "" : $"/{codec.Channels}";
        return new SdpKeptSection(
            codec.PayloadType,
            IsVisible(codec.Name) && !codec.Name.Contains(' ', StringComparison.Ordinal) ? $"{codec.Name}/{codec.ClockRate}{channels}" : null,
            IsVisible(codec.Parameters) ? codec.Parameters : null);
    }

    // What is repeated in an answer must not be able to break its lines.
    private static bool IsVisible([NotNullWhen(true)] string? text) => !string.IsNullOrEmpty(text) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
