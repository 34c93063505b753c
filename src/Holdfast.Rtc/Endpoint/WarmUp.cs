using System.Net;
using System.Text;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc;

/// <summary>
/// One call of a process with itself, from the offer to the first feedback, so that its first client does not wait until the code for all
/// that is compiled.
/// </summary>
internal static class WarmUp
{
    private const int MaximumSteps = 64;
    private const uint CheckPriority = 1;
    private const string ClientUfrag = "warm";
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 9);

    /// <returns>The call as another process would find it; null where it was not complete, which only says that it was of no use.</returns>
    public static KeptConnection? Run(DtlsCertificate certificate, RtcTime now)
    {
        using var threads = new HandshakeThreads(maximum: 2) { IsLockstep = true };
        var options = new RtcPeerOptions { Tag = "warm", IceSecret = new byte[1], Candidates = [Nowhere] };
        if (!RtcPeer.TryCreate(options, certificate, threads, Offer(certificate), now, out var peer, out _))
        {
            return null;
        }

        using (peer)
        {
            peer.HandleDatagram(now, Nowhere, Check(peer.Answer));
            var client = new DtlsAssociation(threads, new DtlsClientRole(certificate, certificate.Fingerprint, DtlsPolicy.Profiles));
            client.Start();
            for (var i = 0; i < MaximumSteps && Carry(client, peer, now); i++)
            {
            }

            if (client.Keys is not { } keys)
            {
                client.Close();
                return null;
            }

            peer.SendAudio(now, now, new byte[100], tag: 1);
            peer.SendVideo(now, now, new byte[2000], isKeyFrame: true);
            peer.HandleTimeout(now);
            peer.HandleDatagram(now, Nowhere, Feedback(keys, now));
            client.Close();
            return peer.GetStatistics().PacketsAcknowledged > 0 ? MadeAgain(peer, options, certificate, threads, now) : null;
        }
    }

    /// <summary>A process that takes over makes connections again, and its clients wait for that.</summary>
    private static KeptConnection? MadeAgain(RtcPeer peer, RtcPeerOptions options, DtlsCertificate certificate, HandshakeThreads threads, RtcTime now)
    {
        if (peer.Keep(now) is not { } kept || !RtcPeer.TryRestore(options, certificate, threads, kept, now, now, term: null, out var again))
        {
            return null;
        }

        using (again)
        {
            return again.Keep(now);
        }
    }

    private static bool Carry(DtlsAssociation client, RtcPeer peer, RtcTime now)
    {
        var carried = false;
        client.Advance();
        while (client.TryTakeDatagram(now, out var datagram))
        {
            peer.HandleDatagram(now, Nowhere, datagram);
            carried = true;
        }

        while (peer.TryPollTransmit(out var transmit))
        {
            if (DatagramKinds.Of(transmit.Datagram) == DatagramKind.Dtls)
            {
                client.HandleDatagram(now, transmit.Datagram);
                carried = true;
            }
        }

        return carried;
    }

    private static byte[] Check(string answer)
    {
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[StunMessage.TransactionIdLength]);
        writer.WriteUsername(Encoding.ASCII.GetBytes($"{Attribute(answer, "ice-ufrag")}:{ClientUfrag}"));
        writer.WritePriority(CheckPriority);
        writer.WriteIceControlling(1);
        writer.WriteUseCandidate();
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(Attribute(answer, "ice-pwd")));
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    private static byte[] Feedback(SrtpKeys keys, RtcTime now)
    {
        using var srtp = new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt);
        var buffer = new byte[256];
        var writer = new RtcpWriter(buffer);
        writer.WriteTransportFeedback(1, 2, 0, [new TransportArrival(0, now)]);
        return buffer[..srtp.ProtectRtcp(buffer, writer.Length)];
    }

    private static string Attribute(string sdp, string name) => sdp.Split("\r\n")
        .First(line => line.StartsWith($"a={name}:", StringComparison.Ordinal))[(name.Length + 3)..];

    private static string Offer(DtlsCertificate certificate) => $"""
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=ice-ufrag:{ClientUfrag}
        a=ice-pwd:warmwarmwarmwarmwarmwarm
        a=fingerprint:{certificate.Fingerprint}
        a=setup:actpass
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        c=IN IP4 0.0.0.0
        a=mid:0
        a=recvonly
        a=rtcp-mux
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        m=video 9 UDP/TLS/RTP/SAVPF 96
        c=IN IP4 0.0.0.0
        a=mid:1
        a=recvonly
        a=rtcp-mux
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=rtpmap:96 VP8/90000
        a=rtcp-fb:96 transport-cc

        """.ReplaceLineEndings("\r\n");
}
