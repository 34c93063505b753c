using System.Net;
using Holdfast.Rtc;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Lab.Fuzz;

/// <summary>Has offers answered, as the first on a connection and as a further one on it, and looks whether what is answered fits what was offered.</summary>
internal sealed class OfferOracle
{
    private static readonly SdpAnswerParameters s_parameters = new()
    {
        LocalUfrag = "fuzzfuzz/0",
        LocalPassword = "0123456789abcdef0123456789abcdef",
        Fingerprint = new SdpFingerprint("sha-256", new byte[32]),
        Candidates = [IPEndPoint.Parse("192.0.2.1:8010"), IPEndPoint.Parse("[2001:db8::1]:8010")],
        StreamId = "holdfast",
        Cname = "holdfast",
        AudioSsrc = 1,
        VideoSsrc = 2,
        VideoRtxSsrc = 3,
        SessionId = 1,
        SessionVersion = 1,
    };

    private readonly SdpNegotiation _before;

    /// <param name="offer">What the connection began with.</param>
    public OfferOracle(string offer)
    {
        if (!SdpOffer.TryParse(offer, out var read, out var error) || !SdpNegotiator.TryNegotiate(read, previous: null, out var before, out error))
        {
            throw new FuzzException(error);
        }

        _before = before;
    }

    /// <summary>Reads an offer, and answers it.</summary>
    public void Answer(string text)
    {
        if (!SdpOffer.TryParse(text, out var offer, out var error))
        {
            Check(error.Length > 0, "an offer was neither read nor refused with a sentence");
            return;
        }

        Answer(offer, previous: null);
        if (Answer(offer, _before) is { } now)
        {
            Check(IsSame(now.Sound, _before.Sound) && IsSame(now.Pictures, _before.Pictures), "a further offer changed a stream");
        }
    }

    private static SdpNegotiation? Answer(SdpOffer offer, SdpNegotiation? previous)
    {
        if (!SdpNegotiator.TryNegotiate(offer, previous, out var agreed, out var error))
        {
            Check(error.EndsWith('.'), "an offer was neither answered nor refused with a sentence");
            return null;
        }

        var text = agreed.WriteAnswer(s_parameters);
        if (!SdpOffer.TryParse(text, out var answer, out var unread))
        {
            throw new FuzzException($"An offer did what it must not: its answer cannot be read. {unread}");
        }

        Check(answer.Media.Count == offer.Media.Count, "the answer has another number of sections");
        var open = new List<SdpMediaSection>();
        foreach (var (section, asked) in answer.Media.Zip(offer.Media))
        {
            Check(string.Equals(section.Media, asked.Media, StringComparison.Ordinal) && string.Equals(section.Mid, asked.Mid, StringComparison.Ordinal), "a section of the answer is another's");
            if (section.Port == 0)
            {
                continue;
            }

            open.Add(section);
            Check(section is { IceUfrag: not null, IcePassword: not null, RtcpMux: true, Fingerprints.Count: 1 }, "an open section has no transport");
            Check(section.Codecs.TrueForAll(codec => asked.Codecs.Exists(offered => offered.PayloadType == codec.PayloadType)), "a payload type was not offered");
            Check(!section.Direction.HasFlag(SdpDirection.SendOnly) || asked.Direction.HasFlag(SdpDirection.RecvOnly), "what is sent is not wanted");
            Check(!section.Direction.HasFlag(SdpDirection.RecvOnly) || asked.Direction.HasFlag(SdpDirection.SendOnly), "what is wanted is not sent");
        }

        CheckBundle(offer, answer, open);
        return agreed;
    }

    private static void CheckBundle(SdpOffer offer, SdpOffer answer, List<SdpMediaSection> open)
    {
        if (answer.BundleGroups is not [var bundle])
        {
            Check(open.Count == 1, "several sections are open without a bundle");
            return;
        }

        Check(open.Count == bundle.Count && open.TrueForAll(section => section.Mid is { } mid && bundle.Contains(mid, StringComparer.Ordinal)), "the bundle is not what is open");
        var group = offer.BundleGroups.FirstOrDefault(mids => bundle.All(mid => mids.Contains(mid, StringComparer.Ordinal)));
        Check(group is not null, "the bundle is of no group that was offered");

        // Which group a section is in that stands in several is nobody's to say.
        var tagged = offer.BundleGroups.Count > 1 ? null : offer.Media.FirstOrDefault(section => string.Equals(section.Mid, group![0], StringComparison.Ordinal));
        Check(tagged is not { Kind: not null, Codecs.Count: > 0 } || bundle.Contains(group![0], StringComparer.Ordinal), "the bundle's first section was refused");
    }

    private static bool IsSame(NegotiatedMedia? now, NegotiatedMedia? before) => now is null || before is null
        || (now.PayloadType == before.PayloadType && string.Equals(now.Mid, before.Mid, StringComparison.Ordinal) && now.TransportSequenceId == before.TransportSequenceId);

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new FuzzException($"An offer did what it must not: {what}.");
        }
    }
}
