using System.Net;
using Holdfast.Rtc;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Fuzz;

/// <summary>
/// Two living peers (<see cref="FuzzCall"/>), and a stream of hostile datagrams between theirs: forged with the client's own keys, so that what
/// lies behind SRTP is reached; broken behind protection; recorded and played again; from the client's address and from others'. After each it
/// looks whether anything happened that must not, and in the end whether the client is still served.
/// </summary>
internal sealed class FuzzConversation : IDisposable
{
    private const int Strangers = 8;
    private const int DatagramsPerTick = 200;

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

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(5);

    private readonly FuzzDice _dice;
    private readonly FuzzCall _call;
    private readonly IPEndPoint[] _strangers =
        [.. Enumerable.Range(0, Strangers).Select(i => new IPEndPoint(new IPAddress([203, 0, 113, (byte)(i + 1)]), 50_000 + i))];

    private readonly byte[] _last = new byte[2_047];
    private readonly byte[] _heard = new byte[RtpReceiveBuffer.MaximumPayload];
    private HostileDatagrams _hostile = null!;
    private int _lastLength;

    public FuzzConversation(FuzzDice dice)
    {
        _dice = dice;
        _call = new FuzzCall(dice);
    }

    /// <summary>The client's offer.</summary>
    public string Offer => _call.Offer;

    /// <summary>Hostile datagrams so far.</summary>
    public long Datagrams { get; private set; }

    /// <summary>The last hostile datagram as it arrived.</summary>
    public ReadOnlySpan<byte> Last => _last.AsSpan(0, _lastLength);

    /// <summary>The same before protection, where it was protected.</summary>
    public ReadOnlySpan<byte> LastPlain => _hostile is null ? [] : _hostile.Plain;

    private RtcPeer Server => _call.Server;

    // A genuine check that is spliced over the whole of another is a genuine check, played again: from a stranger that moves the path.
    private ReadOnlySpan<byte> ToSplice => Last is [<= 3, ..] ? [] : Last;

    /// <summary>Connects, while strangers send what they like.</summary>
    public void Connect()
    {
        _hostile = new HostileDatagrams(_dice);
        _call.Begin();
        for (var steps = 0; _call.Client.Media is null || Server.State != RtcConnectionState.Connected; steps++)
        {
            if (steps > 2_000)
            {
                throw new FuzzException("A client did not get through its handshake though only strangers disturbed it.");
            }

            _call.Wait(s_step);
            var length = _dice.OneIn(2) ? _hostile.Dtls() : _hostile.Any();
            Hand(_dice.Pick<IPEndPoint>(_strangers), length, mayBeAuthentic: false);
        }

        _hostile.Learn(_call.Client.Keys!, Offer, Server.Answer);
        _call.Run(TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// Lets somebody disturb the handshake who writes the client's address into what they send. Before there are keys nobody can tell them from the client, so
    /// it may come to nothing; it may not throw, nor cost more than it may.
    /// </summary>
    public void Disturb()
    {
        _hostile = new HostileDatagrams(_dice);
        _call.Begin();
        for (var steps = 0; steps < DisturbedSteps; steps++)
        {
            _call.Wait(s_step);
            var length = _dice.OneIn(8) ? _hostile.Any() : _hostile.Dtls();
            if (_dice.OneIn(4) && _call.Recorded.Count > 0)
            {
                length = _hostile.Mutate(length, _call.Recorded[_dice.Next(_call.Recorded.Count)]);
            }

            Note(length);
            Server.HandleDatagram(_call.Now, _dice.OneIn(4) ? _dice.Pick<IPEndPoint>(_strangers) : FuzzCall.ClientAddress, _hostile.Buffer[..length]);
            FuzzCall.Check(_call.Deliver() <= MostSentInHandshake, "it brought about more datagrams than it may");
            _call.TakeEvents();
        }
    }

    /// <summary>So many hostile datagrams, while pictures and sound flow.</summary>
    public void Attack(long datagrams)
    {
        for (var end = Datagrams + datagrams; Datagrams < end;)
        {
            _call.Tick();
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
        _call.IsPeace = true;
        _call.Run(TimeSpan.FromSeconds(8));
        var media = _call.Client.Media!;
        var (pictures, bytes) = (media.Video.Pictures, media.Audio.PayloadBytes);
        var heard = 0;
        for (var i = 0; i < 50; i++)
        {
            var length = _hostile.Speech(_call.Now, _call.Opus);
            Server.HandleDatagram(_call.Now, FuzzCall.ClientAddress, _hostile.Buffer[..length]);
            _call.Deliver();
            _call.Tick();
            while (Server.TryPollAudio(_call.Now, _heard, out var audio))
            {
                heard += audio.Length == _call.Opus.Length ? 1 : 0;
            }
        }

        if (media.Video.Pictures < pictures + 10 || media.Audio.PayloadBytes < bytes + 10 * _call.Opus.Length || heard < 30)
        {
            throw new FuzzException(
                $"The living client is not served: {media.Video.Pictures - pictures} pictures, {media.Audio.PayloadBytes - bytes} bytes of sound, heard {heard} times; {Server.Sending}; {Server.GetStatistics()}");
        }
    }

    public void Dispose()
    {
        _call.Dispose();
        _hostile?.Dispose();
    }

    private void AttackOnce()
    {
        _hostile.Forget();
        int length;
        var source = _dice.OneIn(2) ? FuzzCall.ClientAddress : _dice.Pick<IPEndPoint>(_strangers);
        switch (_dice.Next(16))
        {
            case 0 or 1 or 2 or 3 or 4:
                Hand(FuzzCall.ClientAddress, _hostile.Control(NearSequence()), mayBeAuthentic: true);
                break;
            case 5 or 6:
                Hand(FuzzCall.ClientAddress, _hostile.Rtp(), mayBeAuthentic: true);
                break;
            case 7 or 8:
                // Any change behind the protection must be noticed.
                length = _dice.OneIn(2) ? _hostile.Control(NearSequence()) : _hostile.Rtp();
                var at = _dice.Next(length);
                _hostile.Buffer[at] ^= (byte)(1 + _dice.Next(255));
                Hand(source, _dice.OneIn(4) ? at : length, mayBeAuthentic: false);
                break;
            case 9 or 10 when _call.Recorded.Count > 0:
                Replay(source);
                break;
            case 11:
                Hand(FuzzCall.ClientAddress, _hostile.Stun(isGenuine: true), mayBeAuthentic: true);
                break;
            case 12:
                Hand(source, _hostile.Stun(isGenuine: false), mayBeAuthentic: false);
                break;
            case 13:
                // Its signature is the old one, so that a change of what it covers must be noticed; FINGERPRINT is no signature.
                length = _hostile.Mutate(_hostile.Stun(isGenuine: false), ToSplice);
                Hand(source, length, mayBeAuthentic: false);
                break;
            case 14:
                Hand(source, _hostile.Dtls(), mayBeAuthentic: false);
                break;
            default:
                Hand(source, _hostile.Any(), mayBeAuthentic: false);
                break;
        }

        if (_dice.OneIn(16))
        {
            // The other direction: the client must not fall over either.
            length = _hostile.Mutate(_hostile.Any(), Last);
            _call.Client.HandleDatagram(_call.Now, FuzzCall.ServerAddress, _hostile.Buffer[..length]);
        }
    }

    private void Replay(IPEndPoint source)
    {
        var length = _hostile.Recorded(_call.Recorded[_dice.Next(_call.Recorded.Count)]);
        if (_dice.OneIn(2))
        {
            length = _hostile.Mutate(length, ToSplice);
        }

        // A check that is played again is answered where it came from first; it is no sign of life, and neither is media.
        Hand(source, length, mayBeAuthentic: false);
    }

    // Numbers are given out one after the other; those sent last are what feedback and NACKs are about.
    private ushort NearSequence() => (ushort)Server.GetStatistics().VideoPacketsSent;

    private void Hand(IPEndPoint source, int length, bool mayBeAuthentic)
    {
        Note(length);
        var (state, path, generation, authenticated) = (Server.State, Server.Path, Server.Generation, Server.LastAuthenticated);
        Server.HandleDatagram(_call.Now, source, _hostile.Buffer[..length]);
        if (Server.State != state)
        {
            throw new FuzzException($"A datagram from {source} did what it must not: the state became {Server.State}, {Reason()}.");
        }

        FuzzCall.Check(Equals(Server.Path, path), "the path moved");
        FuzzCall.Check(Server.Generation == generation, "the generation changed");
        FuzzCall.Check(mayBeAuthentic || Server.LastAuthenticated == authenticated, "what nobody signed was taken for the client's");
        var sent = _call.Deliver();
        FuzzCall.Check(sent <= (mayBeAuthentic ? MostSent : MostSentToAnybody), "it brought about more datagrams than it may");
        FuzzCall.Check(_call.TakeEvents() <= MostEvents, "it brought about more events than it may");
        FuzzCall.Check(
            Server.LastControlWork is not { Statuses: > ControlBounds.Statuses } and not { NackedPackets: > ControlBounds.NackedPackets }, "it cost more than it may");
    }

    private void Note(int length)
    {
        Datagrams++;
        _hostile.Buffer[..length].CopyTo(_last);
        _lastLength = length;
    }

    private RtcReason? Reason()
    {
        RtcReason? reason = null;
        while (Server.TryPollEvent(out var rtcEvent))
        {
            reason = rtcEvent is RtcEvent.StateChanged changed ? changed.Reason : reason;
        }

        return reason;
    }
}
