using System.Diagnostics.CodeAnalysis;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Sdp;

/// <summary>Decides what to answer to an offer (RFC 9429 section 5.3, RFC 9143, RFC 8842), which is a pure function of offers and of the codecs there are.</summary>
internal static class SdpNegotiator
{
    /// <summary>Agrees on an offer.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="previous">What was agreed before on the same connection, with which its streams go on; null for a new connection.</param>
    /// <param name="result">What was agreed.</param>
    /// <param name="error">Where the offer cannot be answered: one sentence for the person who made it.</param>
    /// <param name="formats">The codecs of pictures that this side has, the preferred one first; null: all.</param>
    public static bool TryNegotiate(
        SdpOffer offer,
        SdpNegotiation? previous,
        [NotNullWhen(true)] out SdpNegotiation? result,
        [NotNullWhen(false)] out string? error,
        IReadOnlyList<PayloadFormat>? formats = null)
    {
        result = null;
        formats ??= PayloadFormat.All;
        var plans = SdpTransportPlan.Of(offer, previous, formats).ToArray();
        var best = plans.MaxBy(plan => (plan.Sent, plan.Accepted.Count));
        error = best is null ? "The offer has no media sections." : Check(offer, plans, best, formats);
        if (error is not null)
        {
            return false;
        }

        var agreed = new SdpNegotiation(offer, best!, previous);
        error = previous is null ? null : CheckContinuity(offer, agreed, previous);
        result = error is null ? agreed : null;
        return result is not null;
    }

    private static string? Check(SdpOffer offer, SdpTransportPlan[] plans, SdpTransportPlan best, IReadOnlyList<PayloadFormat> formats)
    {
        if (offer.IsIceLite)
        {
            return "The offer is from an ICE-lite agent, as this server is: one side has to be a full ICE agent.";
        }

        if (best.Accepted.Count == 0)
        {
            return $"The offer has no section that this server can answer: Opus sound or {string.Join(" or ", formats.Select(static format => format.Name))} pictures "
                + "over UDP/TLS/RTP/SAVPF.";
        }

        if (offer.BundleGroups.Count == 0 && plans.SelectMany(plan => plan.Accepted).DistinctBy(media => media.Kind).Count() > 1)
        {
            return "The offer does not bundle its audio and video sections (a=group:BUNDLE), and this server uses one transport for all.";
        }

        return CheckTransport(offer, best);
    }

    private static string? CheckTransport(SdpOffer offer, SdpTransportPlan plan)
    {
        var transport = plan.Transport;
        if (transport.IceUfrag is null || transport.IcePassword is null)
        {
            return $"The offer's {transport.Media} section has no ICE credentials (a=ice-ufrag and a=ice-pwd).";
        }

        if (transport.Fingerprints.Count == 0)
        {
            return $"The offer's {transport.Media} section has no certificate fingerprint with sha-256, sha-384, sha-512 or sha-1.";
        }

        if (!transport.RtcpMux && !plan.Accepted.Any(media => offer.Media[media.Index].RtcpMux))
        {
            return $"The offer's {transport.Media} section does not offer a=rtcp-mux, and this server has one port for RTP and RTCP.";
        }

        // Without the attribute the offerer is active (RFC 4145 section 4.1).
        return transport.Setup?.ToUpperInvariant() is null or "ACTPASS" or "ACTIVE"
            ? null
            : "The offer's a=setup is neither actpass nor active, and this server is always the DTLS server.";
    }

    /// <summary>
    /// Whether what was agreed can go on with the DTLS association and the RTP streams of before. Only what would break them counts (RFC 8842
    /// section 5.5 for the fingerprint); directions, format parameters, feedback and further sections may change.
    /// </summary>
    private static string? CheckContinuity(SdpOffer offer, SdpNegotiation agreed, SdpNegotiation previous)
    {
        if (!agreed.RemoteFingerprints.Any(mine => previous.RemoteFingerprints.Any(other => IsSame(mine, other))))
        {
            return "The offer's fingerprint is another than before: a restart keeps the certificate, a new connection does not restart.";
        }

        return CheckStream(offer, agreed.Sound, previous.EstablishedSound)
            ?? CheckStream(offer, agreed.Pictures, previous.EstablishedPictures);
    }

    private static string? CheckStream(SdpOffer offer, NegotiatedMedia? now, NegotiatedMedia? established)
    {
        if (established is null)
        {
            return null;
        }

        if (now is not null)
        {
            return string.Equals(now.Mid, established.Mid, StringComparison.Ordinal)
                && ReferenceEquals(now.Format, established.Format)
                && (now.PayloadType, now.RtxPayloadType, now.MidId, now.TransportSequenceId, now.AbsoluteSendTimeId)
                == (established.PayloadType, established.RtxPayloadType, established.MidId, established.TransportSequenceId, established.AbsoluteSendTimeId)
                ? null
                : Breaks(established);
        }

        // It stops where the client receives no more; but one that still wants to, without a codec of ours, is a mistake.
        return offer.Media.Any(section => section is { Port: not 0 }
            && string.Equals(section.Mid, established.Mid, StringComparison.Ordinal)
            && section.Direction.HasFlag(SdpDirection.RecvOnly))
            ? Breaks(established)
            : null;
    }

    private static string Breaks(NegotiatedMedia established) =>
        $"The offer changes the mid, the payload types or the header extension ids of the {(established.Kind == MediaKind.Audio ? "sound" : "pictures")} "
        + "that this connection sends: a restart keeps them as they are.";

    private static bool IsSame(SdpFingerprint left, SdpFingerprint right) =>
        string.Equals(left.Algorithm, right.Algorithm, StringComparison.Ordinal) && left.Value.Span.SequenceEqual(right.Value.Span);
}
