using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Rtc.Sdp;

/// <summary>What an offer says, as far as an answerer needs it. It is made by <see cref="TryParse"/> and not changed after.</summary>
internal sealed class SdpOffer
{
    /// <summary>Characters of the longest offer taken.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Lines of the longest offer taken.</summary>
    public const int MaxLines = 4000;

    /// <summary>The most m-lines taken.</summary>
    public const int MaxMediaSections = 64;

    internal SdpOffer(
        IReadOnlyList<SdpMediaSection> media, IReadOnlyList<IReadOnlyList<string>> bundleGroups, bool isIceLite)
    {
        Media = media;
        BundleGroups = bundleGroups;
        IsIceLite = isIceLite;
    }

    /// <summary>The m-lines, in order.</summary>
    public IReadOnlyList<SdpMediaSection> Media { get; }

    /// <summary>The mids of each BUNDLE group.</summary>
    public IReadOnlyList<IReadOnlyList<string>> BundleGroups { get; }

    /// <summary>Whether the offerer is an ICE-lite agent.</summary>
    public bool IsIceLite { get; }

    /// <summary>Reads an offer. It never throws.</summary>
    /// <param name="sdp">The session description; lines may end in LF instead of CRLF.</param>
    /// <param name="offer">The offer.</param>
    /// <param name="error">Otherwise: one sentence for the person who made it.</param>
    public static bool TryParse(
        string sdp, [NotNullWhen(true)] out SdpOffer? offer, [NotNullWhen(false)] out string? error) =>
        SdpOfferParser.TryParse(sdp, out offer, out error);
}
