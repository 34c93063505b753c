using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Sdp;

/// <summary>
/// What of an offer can be answered over one transport, which is a BUNDLE group or a section by itself: what each section is used for,
/// which one tags the bundle, and whose transport lines count.
/// </summary>
/// <remarks>
/// A section is chosen by what has to flow in it, not by its place: sound and pictures each go to the first section of their kind in
/// which the client receives, the microphone comes from the first audio section in which it sends. What was used before keeps its use.
/// </remarks>
internal sealed class SdpTransportPlan
{
    private readonly SdpOffer _offer;
    private readonly int[] _sections;
    private readonly IReadOnlyList<PayloadFormat> _formats;

    private SdpTransportPlan(SdpOffer offer, int[] sections, bool isBundle, SdpNegotiation? previous, IReadOnlyList<PayloadFormat> formats)
    {
        _offer = offer;
        _formats = formats;
        _sections = sections;
        IsBundle = isBundle;
        Sound = Choose(MediaKind.Audio, SdpDirection.RecvOnly, previous?.EstablishedSound, previous);
        Pictures = Choose(MediaKind.Video, SdpDirection.RecvOnly, previous?.EstablishedPictures, previous);
        Microphone = Choose(MediaKind.Audio, SdpDirection.SendOnly, previous?.Microphone, previous);
        Accepted = [.. Accept(MediaKind.Audio, previous), .. Accept(MediaKind.Video, previous)];
        if (isBundle && sections.Length > 0 && IsEnabled(sections[0]) && !IsAccepted(sections[0]))
        {
            Kept = SdpKeptSection.Of(offer.Media[sections[0]]);
        }

        Transport = FindTransport();
    }

    /// <summary>Whether it is a BUNDLE group.</summary>
    public bool IsBundle { get; }

    /// <summary>Where sound is sent, or null.</summary>
    public NegotiatedMedia? Sound { get; }

    /// <summary>Where pictures are sent, or null.</summary>
    public NegotiatedMedia? Pictures { get; }

    /// <summary>Where the microphone is received, or null; it may be the section of the sound.</summary>
    public NegotiatedMedia? Microphone { get; }

    /// <summary>All sections that are answered with a codec of ours, in no order.</summary>
    public IReadOnlyList<NegotiatedMedia> Accepted { get; }

    /// <summary>
    /// How the bundle's first section stays in it although nothing can flow there; null where it need not or cannot. A refused one would take
    /// the transport of all with it in Chromium (RFC 9143 section 7.3.1 lets the answerer tag another section).
    /// </summary>
    public SdpKeptSection? Kept { get; }

    /// <summary>Whose ICE and DTLS lines count for all.</summary>
    public SdpMediaSection Transport { get; }

    /// <summary>The answer's BUNDLE group, in the order of the offer's; empty where there is none.</summary>
    public IReadOnlyList<string> Bundle => IsBundle ? [.. Answered.Select(index => _offer.Media[index].Mid!)] : [];

    /// <summary>Kinds of media that are sent: the more, the better the plan.</summary>
    public int Sent => (Sound is null ? 0 : 1) + (Pictures is null ? 0 : 1);

    private IEnumerable<int> Answered => _sections.Where(index => IsAccepted(index) || IsKept(index));

    /// <summary>The plans that an offer allows, one for each of its groups and for each section that is in none.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="previous">What was agreed before on the same connection, or null.</param>
    /// <param name="formats">The codecs of pictures that this side has, the preferred one first.</param>
    public static IEnumerable<SdpTransportPlan> Of(SdpOffer offer, SdpNegotiation? previous, IReadOnlyList<PayloadFormat> formats)
    {
        var byMid = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < offer.Media.Count; i++)
        {
            if (offer.Media[i].Mid is { } mid)
            {
                byMid[mid] = i;
            }
        }

        // No section is in two groups (RFC 9143 section 7.1): the first counts.
        var bundled = new HashSet<int>();
        foreach (var mids in offer.BundleGroups)
        {
            int[] sections = [.. mids.Where(byMid.ContainsKey).Select(mid => byMid[mid]).Where(bundled.Add)];
            yield return new SdpTransportPlan(offer, sections, isBundle: true, previous, formats);
        }

        for (var i = 0; i < offer.Media.Count; i++)
        {
            if (!bundled.Contains(i))
            {
                yield return new SdpTransportPlan(offer, [i], isBundle: false, previous, formats);
            }
        }
    }

    /// <summary>How a section stays in the bundle although it is not accepted, or null.</summary>
    public SdpKeptSection? KeptAt(int index) => IsKept(index) ? Kept : null;

    private bool IsEnabled(int index) => _offer.Media[index].IsEnabledIn(IsBundle);

    private bool IsAccepted(int index) => Accepted.Any(media => media.Index == index);

    private bool IsKept(int index) => Kept is not null && index == _sections[0];

    /// <summary>The sections of a kind that could be answered, in the order of the offer.</summary>
    private IEnumerable<NegotiatedMedia> Usable(MediaKind kind, SdpNegotiation? previous) => _sections
        .Order()
        .Where(index => _offer.Media[index].Kind == kind && IsEnabled(index))
        .Select(index => SdpCodecChoice.Agree(_offer.Media[index], kind, index, previous, _formats))
        .OfType<NegotiatedMedia>();

    private NegotiatedMedia? Choose(MediaKind kind, SdpDirection client, NegotiatedMedia? before, SdpNegotiation? previous)
    {
        var candidates = Usable(kind, previous).Where(media => _offer.Media[media.Index].Direction.HasFlag(client)).ToArray();
        return Array.Find(candidates, media => before is not null && string.Equals(media.Mid, before.Mid, StringComparison.Ordinal))
            ?? candidates.FirstOrDefault();
    }

    /// <summary>
    /// What is answered of a kind: the sections that are used, those that the client keeps for later, and one at least. More than one in
    /// the same direction are refused.
    /// </summary>
    private List<NegotiatedMedia> Accept(MediaKind kind, SdpNegotiation? previous)
    {
        var usable = Usable(kind, previous)
            .Select(media => media with
            {
                Direction = (IsAt(kind == MediaKind.Audio ? Sound : Pictures, media) ? SdpDirection.SendOnly : SdpDirection.Inactive)
                    | (kind == MediaKind.Audio && IsAt(Microphone, media) ? SdpDirection.RecvOnly : SdpDirection.Inactive),
            })
            .ToList();
        var accepted = usable
            .Where(media => media.Direction != SdpDirection.Inactive || _offer.Media[media.Index].Direction == SdpDirection.Inactive)
            .ToList();
        return accepted.Count > 0 ? accepted : [.. usable.Take(1)];
    }

    private static bool IsAt(NegotiatedMedia? used, NegotiatedMedia media) => used?.Index == media.Index;

    /// <summary>
    /// The first section that is answered; where none of those has transport lines, since all go with the bundle's first, the first that has
    /// (RFC 9143 sections 7.1.3 and 7.3.1).
    /// </summary>
    private SdpMediaSection FindTransport()
    {
        var inOrder = Answered.Concat(_sections).Select(index => _offer.Media[index]).ToArray();
        return Array.Find(inOrder, section => section.IceUfrag is not null) ?? inOrder.FirstOrDefault() ?? _offer.Media[0];
    }
}
