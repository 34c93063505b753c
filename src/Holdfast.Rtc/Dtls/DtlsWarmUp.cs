namespace Holdfast.Rtc.Dtls;

/// <summary>One handshake of a process with itself, so that its first client does not wait until all the code for one is compiled.</summary>
internal static class DtlsWarmUp
{
    private const int MaximumDatagrams = 64;

    /// <returns>Whether it was completed, which only says that it was of use.</returns>
    public static bool Run(DtlsCertificate certificate, RtcTime now)
    {
        using var threads = new HandshakeThreads(maximum: 2) { IsLockstep = true };
        var server = new DtlsAssociation(threads, new DtlsServerRole(certificate, [certificate.Fingerprint]));
        var client = new DtlsAssociation(threads, new DtlsClientRole(certificate, certificate.Fingerprint, DtlsPolicy.Profiles));
        client.Start();
        for (var i = 0; i < MaximumDatagrams && Carry(client, server, now) | Carry(server, client, now); i++)
        {
            server.Advance();
            client.Advance();
        }

        client.Close();
        server.Close();
        return server.Keys is not null;
    }

    private static bool Carry(DtlsAssociation from, DtlsAssociation to, RtcTime now)
    {
        if (!from.TryTakeDatagram(now, out var datagram))
        {
            return false;
        }

        to.HandleDatagram(now, datagram);
        return true;
    }
}
