using System.Net;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Lab.Fuzz;

/// <summary>What the fuzzing expected and did not find.</summary>
internal sealed class FuzzException(string message) : Exception(message);

/// <summary>
/// A server's peer and a living client in virtual time: pictures and sound flow, and what the two say to each other gets lost, is overtaken and comes twice, until there is
/// peace.
/// </summary>
internal sealed class FuzzCall : IDisposable
{
    private const string Tag = "fuzzfuzzfuzz";
    private const string Recvonly = "a=recvonly";
    private const int MostRecorded = 64;
    private const int MostSteps = 16;
    private const int PicturesPerSecond = 25;
    private const int SoundBits = 80_000;

    private static readonly RtcTime s_start = new(1_800_000_000_000_000);
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(s_start);
    private static readonly byte[] s_secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);

    private readonly FuzzDice _dice;
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };
    private readonly List<byte[]> _recorded = [];
    private readonly FuzzLine _toServer = new();
    private readonly FuzzLine _toClient = new();
    private readonly byte[] _picture = new byte[2_500];
    private int _ticks;
    private int _keyFramesWanted = 1;

    public FuzzCall(FuzzDice dice)
    {
        _dice = dice;
        Client = new ClientPeer(_threads, s_certificate, Now);

        // The first section is the sound: the client speaks, too.
        var at = Client.Offer.IndexOf(Recvonly, StringComparison.Ordinal);
        Offer = string.Concat(Client.Offer.AsSpan(0, at), "a=sendrecv", Client.Offer.AsSpan(at + Recvonly.Length));
        var options = new RtcPeerOptions { Tag = Tag, IceSecret = s_secret, Candidates = [ServerAddress] };
        if (!RtcPeer.TryCreate(options, s_certificate, _threads, Offer, Now, out var server, out var error))
        {
            throw new FuzzException(error);
        }

        Server = server;
    }

    public static IPEndPoint ServerAddress { get; } = IPEndPoint.Parse("192.0.2.1:8010");

    public static IPEndPoint ClientAddress { get; } = IPEndPoint.Parse("198.51.100.7:40000");

    public ClientPeer Client { get; }

    public RtcPeer Server { get; }

    /// <summary>The client's offer.</summary>
    public string Offer { get; }

    public RtcTime Now { get; private set; } = s_start;

    /// <summary>20 ms of sound.</summary>
    public byte[] Opus { get; } = new byte[80];

    /// <summary>What arrived of what the client sent, some of it; no handshakes, of which recordings are of no use.</summary>
    public IReadOnlyList<byte[]> Recorded => _recorded;

    /// <summary>Whether nothing gets lost any more.</summary>
    public bool IsPeace { get; set; }

    /// <summary>The client takes the answer, and begins.</summary>
    public void Begin()
    {
        if (!Client.TryAccept(Now, Server.Answer, null, null, out var error))
        {
            throw new FuzzException(error);
        }
    }

    /// <summary>Time passes, and nothing is sent but what the peers have to say.</summary>
    public void Wait(TimeSpan time)
    {
        Now += time;
        Carry();
    }

    public void Run(TimeSpan duration)
    {
        for (var end = Now + duration; Now < end;)
        {
            Tick();
        }
    }

    /// <summary>20 ms of sound, and in every second one a picture.</summary>
    public void Tick()
    {
        Pass(s_tick);
        Server.SendAudio(Now, Now, Opus, (ulong)++_ticks);
        if (_ticks % 2 == 0)
        {
            // As every sender: none while others wait for the line.
            if (Server.Sending.Backlog > s_tick * 4)
            {
                Carry();
                return;
            }

            var isKeyFrame = _keyFramesWanted > 0;
            _keyFramesWanted = 0;
            _picture[0] = (byte)(isKeyFrame ? 0 : 1);

            // As large as the line is taken for: who lies about it in the client's name makes it narrow for the client.
            var length = Math.Clamp((Server.Sending.Available - SoundBits) / 8 / PicturesPerSecond / 2, 50, _picture.Length);
            Server.SendVideo(Now, Now, _picture.AsSpan(0, length), isKeyFrame);
        }

        Carry();
    }

    /// <summary>Brings the client what the server sends; what goes elsewhere is an answer to a check, or a mistake.</summary>
    /// <returns>How many datagrams the server sent.</returns>
    public int Deliver()
    {
        var sent = 0;
        while (Server.TryPollTransmit(out var transmit))
        {
            sent++;
            if (transmit.Destination.Equals(ClientAddress))
            {
                _toClient.Put(transmit.Datagram);
            }
            else
            {
                Check(transmit.Datagram[0] <= 3 && transmit.Datagram.Length <= 128, "something other than the answer to a check went to a stranger");
            }
        }

        while (_toClient.TryTake(IsPeace ? null : _dice, out var arrived))
        {
            Client.HandleDatagram(Now, ServerAddress, arrived);
        }

        return sent;
    }

    /// <summary>Takes what the server has to tell; returns how much that was.</summary>
    public int TakeEvents()
    {
        var count = 0;
        while (Server.TryPollEvent(out var rtcEvent))
        {
            count++;
            _keyFramesWanted += rtcEvent is RtcEvent.KeyFrameRequested ? 1 : 0;
        }

        return count;
    }

    public static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new FuzzException($"A datagram did what it must not: {what}.");
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _threads.Dispose();
    }

    /// <summary>Time passes, and both sides do what they have set a time for: on a thin line pictures leave between two sounds.</summary>
    private void Pass(TimeSpan time)
    {
        var end = Now + time;
        for (var steps = 0; steps < MostSteps && RtcTime.Min(Server.NextTimeout, Client.NextTimeout) is var next && next < end; steps++)
        {
            Now = next > Now ? next : Now;
            Carry();
        }

        Now = end;
    }

    /// <summary>Time for both sides, and what they have to say to each other.</summary>
    private void Carry()
    {
        for (var rounds = 0; rounds < 16; rounds++)
        {
            if (Client.NextTimeout <= Now)
            {
                Client.HandleTimeout(Now);
            }

            if (Server.NextTimeout <= Now)
            {
                Server.HandleTimeout(Now);
            }

            var moved = Deliver();
            while (Client.TryTakeDatagram(out var datagram))
            {
                moved++;
                _toServer.Put(datagram.Bytes);
            }

            while (_toServer.TryTake(IsPeace ? null : _dice, out var arrived))
            {
                // What never arrived is no recording of what did.
                Record(arrived);
                Server.HandleDatagram(Now, ClientAddress, arrived);
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
        if (datagram[0] is >= 20 and <= 63)
        {
            return;
        }

        if (_recorded.Count < MostRecorded)
        {
            _recorded.Add([.. datagram]);
        }
        else
        {
            _recorded[_dice.Next(MostRecorded)] = [.. datagram];
        }
    }
}
