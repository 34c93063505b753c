using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Srtp;
using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Tests.Dtls;

public sealed class DtlsAssociationTests : IDisposable
{
    private const int HandshakeFailureAlert = 40;
    private const int BadCertificateAlert = 42;

    private static readonly SrtpProfile[] BothProfiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1_80];
    private static readonly RtcTime Start = new(1_800_000_000_000_000);
    private static readonly DtlsCertificate ServerCertificate = DtlsCertificate.Create(Start);
    private static readonly DtlsCertificate ClientCertificate = DtlsCertificate.Create(Start);

    private readonly HandshakeThreads _threads = new(maximum: 4) { IsLockstep = true };

    public void Dispose() => _threads.Dispose();

    [Theory]
    [InlineData((int)SrtpProfile.AeadAes128Gcm)]
    [InlineData((int)SrtpProfile.Aes128CmHmacSha1_80)]
    public void Both_sides_come_to_the_same_keys(int profile)
    {
        var pair = Pair([(SrtpProfile)profile]);

        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        var (client, server) = (pair.Client.Keys, pair.Server.Keys);
        Assert.NotNull(client);
        Assert.NotNull(server);
        Assert.Equal((SrtpProfile)profile, server.Profile);
        Assert.Equal(client.ClientKey, server.ClientKey);
        Assert.Equal(client.ServerKey, server.ServerKey);
        Assert.Equal(client.ClientSalt, server.ClientSalt);
        Assert.Equal(client.ServerSalt, server.ServerSalt);
        Assert.NotEqual(server.ClientKey, server.ServerKey);
    }

    [Fact]
    public void GCM_is_taken_where_both_profiles_are_offered()
    {
        var pair = Pair([SrtpProfile.Aes128CmHmacSha1_80, SrtpProfile.AeadAes128Gcm]);

        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.Equal(SrtpProfile.AeadAes128Gcm, pair.Server.Keys?.Profile);
    }

    [Fact]
    public void No_datagram_is_longer_than_any_network_carries()
    {
        var pair = Pair(BothProfiles);

        pair.Run(TimeSpan.FromSeconds(1), (_, datagram) =>
        {
            Assert.InRange(datagram.Count, 1, HandshakeTransport.MaximumDatagram);
            return false;
        });

        Assert.NotNull(pair.Server.Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_one_datagram_may_be_lost(int lost)
    {
        var pair = Pair(BothProfiles);

        pair.Run(TimeSpan.FromSeconds(5), (index, _) => index == lost);

        Assert.NotNull(pair.Server.Keys);
        Assert.NotNull(pair.Client.Keys);
    }

    [Fact]
    public void A_lost_datagram_costs_one_tenth_of_a_second()
    {
        var pair = Pair(BothProfiles);

        var end = pair.Run(TimeSpan.FromSeconds(5), (index, _) => index == 1);

        Assert.InRange(end - Start, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public void A_client_with_another_certificate_than_its_offer_named_is_told_so()
    {
        var stranger = DtlsCertificate.Create(Start);
        var role = new DtlsClientRole(stranger, ServerCertificate.Fingerprint, BothProfiles);
        var pair = new DtlsPair(_threads, Start, role, Server());

        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.Equal(RtcReason.FingerprintMismatch, pair.Server.End);
        Assert.Equal(BadCertificateAlert, role.AlertReceived);
        Assert.Null(pair.Server.Keys);
    }

    [Fact]
    public void A_client_without_a_certificate_is_refused()
    {
        var role = new DtlsClientRole(null, ServerCertificate.Fingerprint, BothProfiles);
        var pair = new DtlsPair(_threads, Start, role, Server());

        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.Equal(RtcReason.FingerprintMismatch, pair.Server.End);
        Assert.Equal(HandshakeFailureAlert, role.AlertReceived);
    }

    [Fact]
    public void A_client_without_use_srtp_gets_a_clean_alert()
    {
        var role = new DtlsClientRole(ClientCertificate, ServerCertificate.Fingerprint, []);
        var pair = new DtlsPair(_threads, Start, role, Server());

        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.Equal(RtcReason.NoSrtpProfile, pair.Server.End);
        Assert.Equal(HandshakeFailureAlert, role.AlertReceived);
    }

    [Fact]
    public void Closing_one_side_is_noticed_by_the_other()
    {
        var pair = Pair(BothProfiles);
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        pair.Client.Close();
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.Equal(RtcReason.ClosedByPeer, pair.Server.End);
    }

    [Fact]
    public void Garbage_does_not_end_an_association()
    {
        var pair = Pair(BothProfiles);
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);
        var random = new Random(7);
        var garbage = new byte[200];

        for (var i = 0; i < 20; i++)
        {
            random.NextBytes(garbage);
            garbage[0] = (byte)(20 + i % 6);
            (garbage[1], garbage[2]) = (0xFE, 0xFD);
            (garbage[3], garbage[4]) = (0, 1);
            (garbage[11], garbage[12]) = (0, (byte)(garbage.Length - 13));
            pair.Server.HandleDatagram(pair.Now + TimeSpan.FromSeconds(i + 1), garbage);
        }

        Assert.Null(pair.Server.End);
    }

    [Theory]
    [InlineData(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)]
    [InlineData(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)]
    public void However_much_garbage_comes_the_clients_goodbye_is_heard(int suite)
    {
        var client = new DtlsClientRole(ClientCertificate, ServerCertificate.Fingerprint, BothProfiles) { CipherSuites = [suite] };
        var pair = new DtlsPair(_threads, Start, client, Server());
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);
        Assert.NotNull(pair.Server.Keys);
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            // Well-formed records in the client's name: of the handshake, and protected ones with a wrong tag.
            var garbage = new byte[100];
            random.NextBytes(garbage);
            (garbage[0], garbage[1], garbage[2]) = ((byte)(20 + i % 4), 0xFE, 0xFD);
            (garbage[3], garbage[4]) = (0, (byte)(i % 2));
            (garbage[11], garbage[12]) = (0, (byte)(garbage.Length - DtlsRecordGuard.HeaderLength));
            Assert.Equal(DropReason.NotAuthentic, pair.Server.HandleDatagram(pair.Now, garbage));
        }

        pair.Client.Close();
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.Equal(RtcReason.ClosedByPeer, pair.Server.End);
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    [InlineData(50, false)]
    public void Behind_the_handshake_too_no_more_than_sixteen_records_of_a_datagram_are_looked_at(int forged, bool isHeard)
    {
        var pair = Pair(BothProfiles);
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);
        pair.Client.Close();
        Assert.True(pair.Client.TryTakeDatagram(pair.Now, out var goodbye));

        // The shortest that look protected: each costs as much as an authentic one.
        var record = new byte[DtlsRecordGuard.HeaderLength + 24];
        (record[0], record[1], record[2], record[4], record[12]) = (23, 0xFE, 0xFD, 1, 24);
        pair.Server.HandleDatagram(pair.Now, [.. Enumerable.Repeat(record, forged).SelectMany(static bytes => bytes), .. goodbye]);

        Assert.Equal(isHeard ? RtcReason.ClosedByPeer : null, pair.Server.End);
    }

    [Fact]
    public void A_recorded_record_is_nothing_the_second_time()
    {
        var pair = Pair(BothProfiles);
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);
        pair.Client.Close();
        Assert.True(pair.Client.TryTakeDatagram(pair.Now, out var goodbye));
        var other = Pair(BothProfiles);
        other.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.Equal(DropReason.NotAuthentic, other.Server.HandleDatagram(other.Now, goodbye));
        Assert.Null(other.Server.End);
        Assert.Null(pair.Server.HandleDatagram(pair.Now, goodbye));
        Assert.Equal(RtcReason.ClosedByPeer, pair.Server.End);
        Assert.Equal(DropReason.Closed, pair.Server.HandleDatagram(pair.Now, goodbye));
    }

    [Fact]
    public void Giving_up_releases_the_thread()
    {
        var threads = new HandshakeThreads(maximum: 1) { IsLockstep = true };
        var abandoned = new DtlsAssociation(threads, Server());
        abandoned.HandleDatagram(Start, FirstFlight());

        abandoned.Close();
        var pair = new DtlsPair(new HandshakeThreads(1) { IsLockstep = true }, Start, Client(BothProfiles), Server(), threads);
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.NotNull(pair.Server.Keys);
        threads.Dispose();
    }

    [Fact]
    public void Clients_that_stall_keep_nobody_from_computing()
    {
        using var threads = new HandshakeThreads(maximum: 64) { IsLockstep = true, Turns = new HandshakeTurns(1) };
        var stalled = Enumerable.Range(0, 60).Select(_ => new DtlsAssociation(threads, Server())).ToList();
        foreach (var one in stalled)
        {
            one.HandleDatagram(Start, FirstFlight());
            one.HandleTimeout(Start + TimeSpan.FromSeconds(1));
        }

        var pair = new DtlsPair(_threads, Start, Client(BothProfiles), Server(), threads);
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.NotNull(pair.Server.Keys);
        stalled.ForEach(one => one.Close());
    }

    [Fact]
    public void A_turn_is_given_back_by_handshakes_that_end_and_that_are_given_up()
    {
        using var threads = new HandshakeThreads(maximum: 2) { IsLockstep = true, Turns = new HandshakeTurns(1) };
        for (var i = 0; i < 3; i++)
        {
            var abandoned = new DtlsAssociation(threads, Server());
            abandoned.HandleDatagram(Start, FirstFlight());
            abandoned.Close();
            var pair = new DtlsPair(_threads, Start, Client(BothProfiles), Server(), threads);
            pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

            Assert.NotNull(pair.Server.Keys);
        }
    }

    [Fact]
    public void A_role_that_throws_what_nobody_foresaw_ends_its_own_handshake_and_gives_its_turn_back()
    {
        using var threads = new HandshakeThreads(maximum: 1) { IsLockstep = true, Turns = new HandshakeTurns(1) };
        var broken = new DtlsAssociation(threads, new FaultyRole(new NotSupportedException("on purpose")));
        broken.Start();
        broken.Advance();

        Assert.Equal(RtcReason.InternalError, broken.End);
        Assert.Equal("on purpose", broken.Fault?.Message);

        // What a stranger may bring about is no fault of ours.
        var refused = new DtlsAssociation(threads, new FaultyRole(new IOException()));
        refused.Start();
        refused.Advance();
        Assert.Equal(RtcReason.HandshakeFailed, refused.End);
        Assert.Null(refused.Fault);

        // The one thread and the one turn are free again.
        var pair = new DtlsPair(_threads, Start, Client(BothProfiles), Server(), threads);
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);
        Assert.NotNull(pair.Server.Keys);
    }

    [Fact]
    public void A_thread_survives_whatever_a_handshake_throws()
    {
        var faults = new List<Exception>();
        using var threads = new HandshakeThreads(maximum: 1) { Turns = new HandshakeTurns(1), Faulted = faults.Add };
        using var done = new ManualResetEventSlim();

        threads.Run(() => throw new NotSupportedException("on purpose"));
        threads.Run(done.Set);

        Assert.True(done.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal("on purpose", Assert.Single(faults).Message);
    }

    [Fact]
    public void A_certificate_survives_its_export()
    {
        var (certificate, privateKey) = ServerCertificate.Export();

        var again = DtlsCertificate.Import(certificate, privateKey);
        var pair = new DtlsPair(
            _threads, Start, Client(BothProfiles), new DtlsServerRole(again, [ClientCertificate.Fingerprint]));
        pair.Run(TimeSpan.FromSeconds(1), (_, _) => false);

        Assert.NotNull(pair.Client.Keys);
    }

    private static DtlsServerRole Server() => new(ServerCertificate, [ClientCertificate.Fingerprint]);

    private static DtlsClientRole Client(SrtpProfile[] profiles) => new(ClientCertificate, ServerCertificate.Fingerprint, profiles);

    private DtlsPair Pair(SrtpProfile[] profiles) => new(_threads, Start, Client(profiles), Server());

    private byte[] FirstFlight()
    {
        var client = new DtlsAssociation(_threads, Client(BothProfiles));
        client.Start();
        Assert.True(client.TryTakeDatagram(Start, out var hello));
        client.Close();
        return [.. hello];
    }

    private sealed class FaultyRole(Exception exception) : IDtlsRole
    {
        public SrtpKeys? Keys => null;

        public DtlsRecordGuard? Guard => null;

        public RtcReason? Refusal => null;

        public bool IsClosedByPeer => false;

        public Org.BouncyCastle.Tls.DtlsTransport Handshake(Org.BouncyCastle.Tls.DatagramTransport transport) => throw exception;
    }

    /// <summary>A client and a server with nothing but virtual time and a choice of losses between them.</summary>
    private sealed class DtlsPair
    {
        private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(5);
        private int _sent;

        public DtlsPair(HandshakeThreads threads, RtcTime start, IDtlsRole client, IDtlsRole server, HandshakeThreads? serverThreads = null)
        {
            Client = new DtlsAssociation(threads, client);
            Server = new DtlsAssociation(serverThreads ?? threads, server);
            Now = start;
        }

        public DtlsAssociation Client { get; }

        public DtlsAssociation Server { get; }

        public RtcTime Now { get; private set; }

        /// <summary>Runs until nothing happens any more.</summary>
        /// <param name="limit">At most this long.</param>
        /// <param name="isLost">Whether a datagram is lost, by its number.</param>
        /// <returns>When the last datagram arrived.</returns>
        public RtcTime Run(TimeSpan limit, Func<int, ArraySegment<byte>, bool> isLost)
        {
            Client.Start();
            var end = Now + limit;
            var last = Now;
            while (true)
            {
                Client.Advance();
                Server.Advance();
                var moved = Carry(Client, Server, isLost) | Carry(Server, Client, isLost);
                if (moved)
                {
                    last = Now;
                    continue;
                }

                var next = RtcTime.Min(Client.ResendAt, Server.ResendAt);
                if (next > end)
                {
                    return last;
                }

                Now = next;
                Client.HandleTimeout(Now);
                Server.HandleTimeout(Now);
            }
        }

        private bool Carry(DtlsAssociation from, DtlsAssociation to, Func<int, ArraySegment<byte>, bool> isLost)
        {
            if (!from.TryTakeDatagram(Now, out var datagram))
            {
                return false;
            }

            if (!isLost(_sent++, datagram))
            {
                Now += OneWay;
                to.HandleDatagram(Now, datagram);
            }

            return true;
        }
    }
}
