using System.Net;
using System.Reflection;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Sdp;

/// <summary>Offers that browsers wrote, and parameters to answer them with.</summary>
internal static class SdpSamples
{
    /// <summary>Chromium 156 and Firefox 153, as captured.</summary>
    public static readonly string[] Names =
    [
        "chromium-recvonly", "chromium-mic", "chromium-sendrecv", "chromium-videofirst", "firefox-recvonly", "firefox-mic",
    ];

    public static readonly SdpFingerprint Fingerprint = new("sha-256", Enumerable.Range(0xE0, 32).Select(i => (byte)i).ToArray());

    public static readonly SdpAnswerParameters Parameters = new()
    {
        LocalUfrag = "Rk3bQ9xWm2Zt/0",
        LocalPassword = "password/0123456789abcdef",
        Fingerprint = Fingerprint,
        Candidates =
        [
            new IPEndPoint(IPAddress.Parse("2001:db8::5"), 8010),
            new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.5"), 8010),
            new IPEndPoint(IPAddress.Loopback, 8010),
        ],
        StreamId = "avatar",
        Cname = "c-n-a-m-e",
        AudioSsrc = 1111,
        VideoSsrc = 2222,
        VideoRtxSsrc = 3333,
        SessionId = 4_611_686_018_427_387_905,
        SessionVersion = 1,
    };

    public static string Offer(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name + ".sdp")
            ?? throw new ArgumentException($"There is no offer {name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static SdpNegotiation Negotiate(string sdp, SdpNegotiation? previous = null)
    {
        Assert.True(SdpOffer.TryParse(sdp, out var offer, out var error), error);
        Assert.True(SdpNegotiator.TryNegotiate(offer, previous, out var result, out error), error);
        return result;
    }

    public static string Refuse(string sdp, SdpNegotiation? previous = null)
    {
        if (SdpOffer.TryParse(sdp, out var offer, out var error))
        {
            Assert.False(SdpNegotiator.TryNegotiate(offer, previous, out _, out error));
        }

        Assert.NotNull(error);
        return error;
    }

    extension(SdpNegotiation negotiation)
    {
        /// <summary>The answer with <see cref="Parameters"/>.</summary>
        public string AnswerSdp => negotiation.WriteAnswer(Parameters);
    }

    /// <summary>The lines of the n-th m-section of a description, its m-line first.</summary>
    public static string[] Section(string sdp, int index)
    {
        var lines = sdp.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var starts = Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("m=", StringComparison.Ordinal)).ToArray();
        var end = index + 1 < starts.Length ? starts[index + 1] : lines.Length;
        return lines[starts[index]..end];
    }
}
