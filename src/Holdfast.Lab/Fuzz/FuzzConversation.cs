using System.Net;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Lab.Fuzz;

/// <summary>What the fuzzing expected and did not find.</summary>
internal sealed class FuzzException(string message) : Exception(message);

/// <summary>
/// A server's peer and a living client in virtual time, and a stream of hostile datagrams between them: forged with the client's own keys, so that what
/// lies behind SRTP is reached; broken behind protection; recorded and played again; from the client's address and from others'. After each it
/// looks whether anything happened that must not, and in the end whether the client is still served.
/// </summary>
internal sealed class FuzzConversation : IDisposable
{
    private const string Tag = "fuzzfuzzfuzz";
    private const string Recvonly = "a=recvonly";
    private const int BufferLength = 2_047;
    private const int Recorded = 64;
    private const int Strangers = 8;
    private const int DatagramsPerTick = 200;
    private const uint HostileSsrc = 0x0F00_0000;
    private const int HostileSsrcs = 6;
    private const byte OpusType = 111;
    private const int PicturesPerSecond = 25;
    private const int SoundBits = 80_000;

    /// <summary>Datagrams that one datagram may bring about: what is sent again, a report, an answer.</summary>
    private const int MostSent = ControlBounds.Retransmissions + 4;

    /// <summary>
    /// The same of one that nobody signed: the answer to a check, or the last flight of the handshake, which goes to the client and is repeated where its own
    /// last flight seems to be.
    /// </summary>
    private const int MostSentToAnybody = 2;

    /// <summary>The same in a handshake: a flight, which is sent again where the client's seems to be.</summary>
    private const int MostSentInHandshake = 16;

    private const int DisturbedSteps = 200;

    /// <summary>Events of one datagram: feedback, two reports, and one each of the rest.</summary>
    private const int MostEvents = ControlBounds.Feedbacks + 8;

    private static readonly RtcTime s_start = new(1_800_000_000_000_000);
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(s_start);
    private static readonly IPEndPoint s_server = IPEndPoint.Parse("192.0.2.1:8010");
    private static readonly IPEndPoint s_client = IPEndPoint.Parse("198.51.100.7:40000");
    private static readonly byte[] s_secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);

    private readonly FuzzDice _dice;
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };
    private readonly ClientPeer _client;
    private readonly RtcPeer _server;
    private readonly List<byte[]> _recorded = [];
    private readonly IPEndPoint[] _strangers =
        [.. Enumerable.Range(0, Strangers).Select(i => new IPEndPoint(new IPAddress([203, 0, 113, (byte)(i + 1)]), 50_000 + i))];

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly byte[] _last = new byte[BufferLength];
    private readonly FuzzLine _toServer = new();
    private readonly FuzzLine _toClient = new();
    private readonly byte[] _plain = new byte[BufferLength];
    private readonly byte[] _opus = new byte[80];
    private readonly byte[] _picture = new byte[2_500];
    private readonly byte[] _heard = new byte[RtpReceiveBuffer.MaximumPayload];
    private readonly ushort[] _sequences = new ushort[HostileSsrcs];
    private ControlForge _control = null!;
    private RtpForge _rtp = null!;
    private StunForge _stun = null!;
    private DtlsForge _dtls = null!;
    private SrtpContext _hostile = null!;
    private RtcTime _now = s_start;
    private int _plainLength;
    private int _lastLength;
    private int _ticks;
    private ushort _spoken;
    private int _keyFramesWanted = 1;
    private bool _isPeace;

    public FuzzConversation(FuzzDice dice)
    {
        _dice = dice;
        _client = new ClientPeer(_threads, s_certificate, _now);

        // The first section is the sound: the client speaks, too.
        var at = _client.Offer.IndexOf(Recvonly, StringComparison.Ordinal);
        Offer = string.Concat(_client.Offer.AsSpan(0, at), "a=sendrecv", _client.Offer.AsSpan(at + Recvonly.Length));
        var options = new RtcPeerOptions { Tag = Tag, IceSecret = s_secret, Candidates = [s_server] };
        if (!RtcPeer.TryCreate(options, s_certificate, _threads, Offer, _now, out var server, out var error))
        {
            throw new FuzzException(error);
        }

        _server = server;
    }

    /// <summary>The client's offer.</summary>
    public string Offer { get; }

    /// <summary>Hostile datagrams so far.</summary>
    public long Datagrams { get; private set; }

    /// <summary>The last hostile datagram as it arrived.</summary>
    public ReadOnlySpan<byte> Last => _last.AsSpan(0, _lastLength);

    /// <summary>The same before protection, where it was protected.</summary>
    public ReadOnlySpan<byte> LastPlain => _plain.AsSpan(0, _plainLength);

    // A genuine check that is spliced over the whole of another is a genuine check, played again: from a stranger that moves the path.
    private ReadOnlySpan<byte> ToSplice => Last is [<= 3, ..] ? [] : Last;

    /// <summary>Connects, while strangers send what they like.</summary>
    public void Connect()
    {
        _dtls = new DtlsForge(_dice);
        if (!_client.TryAccept(_now, _server.Answer, null, null, out var error))
        {
            throw new FuzzException(error);
        }

        for (var steps = 0; _client.Media is null || _server.State != RtcConnectionState.Connected; steps++)
        {
            if (steps > 2_000)
            {
                throw new FuzzException("A client did not get through its handshake though only strangers disturbed it.");
            }

            _now += TimeSpan.FromMilliseconds(5);
            Carry();
            var length = _dice.OneIn(2) ? _dtls.Write(_buffer) : FillAny();
            Hand(_dice.Pick<IPEndPoint>(_strangers), length, mayBeAuthentic: false);
        }

        var keys = _client.Keys!;
        _hostile = new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt);
        var ssrcs = Ssrcs(_server.Answer);
        _control = new ControlForge(_dice) { Ssrcs = ssrcs };
        _rtp = new RtpForge(_dice);
        var (ufrag, password) = (Attribute(_server.Answer, "ice-ufrag"), Attribute(_server.Answer, "ice-pwd"));
        _stun = new StunForge(_dice, $"{ufrag}:{Attribute(Offer, "ice-ufrag")}", password);
        Run(TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// Lets somebody disturb the handshake who writes the client's address into what they send. Before there are keys nobody can tell them from the client, so
    /// it may come to nothing; it may not throw, nor cost more than it may.
    /// </summary>
    public void Disturb()
    {
        _dtls = new DtlsForge(_dice);
        if (!_client.TryAccept(_now, _server.Answer, null, null, out var error))
        {
            throw new FuzzException(error);
        }

        for (var steps = 0; steps < DisturbedSteps; steps++)
        {
            _now += TimeSpan.FromMilliseconds(5);
            Carry();
            var length = _dice.OneIn(8) ? FillAny() : _dtls.Write(_buffer);
            if (_dice.OneIn(4) && _recorded.Count > 0)
            {
                length = ByteMutator.Mutate(_dice, _buffer, length, _recorded[_dice.Next(_recorded.Count)]);
            }

            Datagrams++;
            _buffer.AsSpan(0, length).CopyTo(_last);
            _lastLength = length;
            _server.HandleDatagram(_now, _dice.OneIn(4) ? _dice.Pick<IPEndPoint>(_strangers) : s_client, _buffer.AsSpan(0, length));
            Check(Deliver() <= MostSentInHandshake, "it brought about more datagrams than it may");
            TakeEvents();
        }
    }

    /// <summary>So many hostile datagrams, while pictures and sound flow.</summary>
    public void Attack(long datagrams)
    {
        for (var end = Datagrams + datagrams; Datagrams < end;)
        {
            Tick();
            for (var i = 0; i < DatagramsPerTick && Datagrams < end; i++)
            {
                AttackOnce();
            }
        }
    }

    /// <summary>Peace again: the client sees pictures, hears, and is heard.</summary>
    public void AssertServed()
    {
        // Lies in the client's name made its line narrow; what it says itself makes it wide again, and nothing is lost any more.
        _isPeace = true;
        Run(TimeSpan.FromSeconds(8));
        var (pictures, bytes) = (_client.Media!.Video.Pictures, _client.Media.Audio.PayloadBytes);
        var heard = 0;
        for (var i = 0; i < 50; i++)
        {
            Speak();
            Tick();
            while (_server.TryPollAudio(_now, _heard, out var audio))
            {
                heard += audio.Length == _opus.Length ? 1 : 0;
            }
        }

        if (_client.Media.Video.Pictures < pictures + 10 || _client.Media.Audio.PayloadBytes < bytes + 10 * _opus.Length || heard < 30)
        {
            throw new FuzzException(
                $"The living client is not served: {_client.Media.Video.Pictures - pictures} pictures, {_client.Media.Audio.PayloadBytes - bytes} bytes of sound, heard {heard} times; {_server.Sending}; {_server.GetStatistics()}");
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _hostile?.Dispose();
        _threads.Dispose();
    }

    private void AttackOnce()
    {
        _plainLength = 0;
        int length;
        var source = _dice.OneIn(2) ? s_client : _dice.Pick<IPEndPoint>(_strangers);
        switch (_dice.Next(16))
        {
            case 0 or 1 or 2 or 3 or 4:
                Hand(s_client, ProtectControl(), mayBeAuthentic: true);
                break;
            case 5 or 6:
                Hand(s_client, ProtectRtp(), mayBeAuthentic: true);
                break;
            case 7 or 8:
                // Any change behind the protection must be noticed.
                length = _dice.OneIn(2) ? ProtectControl() : ProtectRtp();
                var at = _dice.Next(length);
                _buffer[at] ^= (byte)(1 + _dice.Next(255));
                Hand(source, _dice.OneIn(4) ? at : length, mayBeAuthentic: false);
                break;
            case 9 or 10 when _recorded.Count > 0:
                Replay(source);
                break;
            case 11:
                Hand(s_client, _stun.Write(_buffer, isGenuine: true), mayBeAuthentic: true);
                break;
            case 12:
                Hand(source, _stun.Write(_buffer, isGenuine: false), mayBeAuthentic: false);
                break;
            case 13:
                // Its signature is the old one, so that a change of what it covers must be noticed; FINGERPRINT is no signature.
                length = ByteMutator.Mutate(_dice, _buffer, _stun.Write(_buffer, isGenuine: false), ToSplice);
                Hand(source, length, mayBeAuthentic: false);
                break;
            case 14:
                Hand(source, _dtls.Write(_buffer), mayBeAuthentic: false);
                break;
            default:
                Hand(source, FillAny(), mayBeAuthentic: false);
                break;
        }

        if (_dice.OneIn(16))
        {
            // The other direction: the client must not fall over either.
            length = ByteMutator.Mutate(_dice, _buffer, FillAny(), Last);
            _client.HandleDatagram(_now, s_server, _buffer.AsSpan(0, length));
        }
    }

    private void Replay(IPEndPoint source)
    {
        var recorded = _recorded[_dice.Next(_recorded.Count)];
        recorded.CopyTo(_buffer.AsSpan());
        var length = recorded.Length;
        if (_dice.OneIn(2))
        {
            length = ByteMutator.Mutate(_dice, _buffer, length, ToSplice);
        }

        // A check that is played again is answered where it came from first; it is no sign of life, and neither is media.
        Hand(source, length, mayBeAuthentic: false);
    }

    private int FillAny()
    {
        var length = _dice.OneIn(50) ? _dice.Next(BufferLength) : _dice.Next(60);
        _dice.Fill(_buffer.AsSpan(0, length));
        return length;
    }

    private int ProtectControl()
    {
        _control.NearSequence = NearSequence();
        _plainLength = _control.Write(_plain, HostileSsrc + (uint)_dice.Next(HostileSsrcs));
        _plain.AsSpan(0, _plainLength).CopyTo(_buffer);
        return _hostile.ProtectRtcp(_buffer, _plainLength);
    }

    private int ProtectRtp()
    {
        var source = _dice.Next(HostileSsrcs);
        _sequences[source] += (ushort)(1 + (_dice.OneIn(50) ? _dice.Next(20_000) : 0));
        _plainLength = _rtp.Write(_plain, HostileSsrc + (uint)source, _sequences[source]);
        _plain.AsSpan(0, _plainLength).CopyTo(_buffer);
        return _hostile.ProtectRtp(_buffer, _plainLength);
    }

    /// <summary>A packet of the microphone as the client sends it.</summary>
    private void Speak()
    {
        // A stream of its own: what was forged and broken is missing from the others, more of it than a roll-over counter stands.
        var writer = new RtpHeaderWriter(_buffer, false, OpusType, ++_spoken, (uint)_now.Microseconds, HostileSsrc + HostileSsrcs);
        var header = writer.Finish();
        _opus.CopyTo(_buffer.AsSpan(header));
        _server.HandleDatagram(_now, s_client, _buffer.AsSpan(0, _hostile.ProtectRtp(_buffer, header + _opus.Length)));
        Deliver();
    }

    // Numbers are given out one after the other; those sent last are what feedback and NACKs are about.
    private ushort NearSequence() => (ushort)_server.GetStatistics().VideoPacketsSent;

    private void Hand(IPEndPoint source, int length, bool mayBeAuthentic)
    {
        Datagrams++;
        _buffer.AsSpan(0, length).CopyTo(_last);
        _lastLength = length;
        var (state, path, generation, authenticated) = (_server.State, _server.Path, _server.Generation, _server.LastAuthenticated);
        _server.HandleDatagram(_now, source, _buffer.AsSpan(0, length));
        if (_server.State != state)
        {
            throw new FuzzException($"A datagram from {source} did what it must not: the state became {_server.State}, {Reason()}.");
        }

        Check(Equals(_server.Path, path), "the path moved");
        Check(_server.Generation == generation, "the generation changed");
        Check(mayBeAuthentic || _server.LastAuthenticated == authenticated, "what nobody signed was taken for the client's");
        var sent = Deliver();
        Check(sent <= (mayBeAuthentic ? MostSent : MostSentToAnybody), "it brought about more datagrams than it may");
        Check(TakeEvents() <= MostEvents, "it brought about more events than it may");
        Check(_server.LastControlWork is not { Statuses: > ControlBounds.Statuses } and not { NackedPackets: > ControlBounds.NackedPackets }, "it cost more than it may");
    }

    private RtcReason? Reason()
    {
        RtcReason? reason = null;
        while (_server.TryPollEvent(out var rtcEvent))
        {
            reason = rtcEvent is RtcEvent.StateChanged changed ? changed.Reason : reason;
        }

        return reason;
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new FuzzException($"A datagram did what it must not: {what}.");
        }
    }

    private void Run(TimeSpan duration)
    {
        for (var end = _now + duration; _now < end;)
        {
            Tick();
        }
    }

    private void Tick()
    {
        _now += s_tick;
        _server.SendAudio(_now, _now, _opus, (ulong)++_ticks);
        if (_ticks % 2 == 0)
        {
            // As every sender: none while others wait for the line.
            if (_server.Sending.Backlog > s_tick * 4)
            {
                Carry();
                return;
            }

            var isKeyFrame = _keyFramesWanted > 0;
            _keyFramesWanted = 0;
            _picture[0] = (byte)(isKeyFrame ? 0 : 1);

            // As large as the line is taken for: who lies about it in the client's name makes it narrow for the client.
            var length = Math.Clamp((_server.Sending.Available - SoundBits) / 8 / PicturesPerSecond / 2, 50, _picture.Length);
            _server.SendVideo(_now, _now, _picture.AsSpan(0, length), isKeyFrame);
        }

        Carry();
    }

    /// <summary>Time for both sides, and what they have to say to each other.</summary>
    private void Carry()
    {
        for (var rounds = 0; rounds < 16; rounds++)
        {
            if (_client.NextTimeout <= _now)
            {
                _client.HandleTimeout(_now);
            }

            if (_server.NextTimeout <= _now)
            {
                _server.HandleTimeout(_now);
            }

            var moved = Deliver();
            while (_client.TryTakeDatagram(out var datagram))
            {
                moved++;
                _toServer.Put(datagram.Bytes);
            }

            while (_toServer.TryTake(_isPeace ? null : _dice, out var arrived))
            {
                // What never arrived is no recording of what did.
                Record(arrived);
                _server.HandleDatagram(_now, s_client, arrived);
            }

            TakeEvents();
            if (moved == 0)
            {
                return;
            }
        }
    }

    private void Record(byte[] datagram)
    {
        // Handshakes that are recorded are of no use.
        if (datagram[0] is >= 20 and <= 63)
        {
            return;
        }

        if (_recorded.Count < Recorded)
        {
            _recorded.Add([.. datagram]);
        }
        else
        {
            _recorded[_dice.Next(Recorded)] = [.. datagram];
        }
    }

    /// <summary>Brings the client what the server sends; what goes elsewhere is an answer to a check, or a mistake.</summary>
    private int Deliver()
    {
        var sent = 0;
        while (_server.TryPollTransmit(out var transmit))
        {
            sent++;
            if (transmit.Destination.Equals(s_client))
            {
                _toClient.Put(transmit.Datagram);
            }
            else
            {
                Check(transmit.Datagram[0] <= 3 && transmit.Datagram.Length <= 128, "something other than the answer to a check went to a stranger");
            }
        }

        while (_toClient.TryTake(_isPeace ? null : _dice, out var arrived))
        {
            _client.HandleDatagram(_now, s_server, arrived);
        }

        return sent;
    }

    private int TakeEvents()
    {
        var count = 0;
        while (_server.TryPollEvent(out var rtcEvent))
        {
            count++;
            _keyFramesWanted += rtcEvent is RtcEvent.KeyFrameRequested ? 1 : 0;
        }

        return count;
    }

    private static uint[] Ssrcs(string answer) =>
        [.. answer.Split("\r\n").Where(line => line.StartsWith("a=ssrc:", StringComparison.Ordinal))
            .Select(line => uint.Parse(line.AsSpan(7, line.IndexOf(' ', StringComparison.Ordinal) - 7), System.Globalization.CultureInfo.InvariantCulture))
            .Distinct()];

    private static string Attribute(string sdp, string name)
    {
        var prefix = $"a={name}:";
        return sdp.Split("\r\n").First(line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..];
    }
}
