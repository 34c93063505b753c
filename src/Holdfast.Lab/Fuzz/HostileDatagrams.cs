using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Lab.Fuzz;

/// <summary>Writes hostile datagrams into one buffer: anything, DTLS records, and, with the client's keys, what lies behind SRTP.</summary>
internal sealed class HostileDatagrams(FuzzDice dice) : IDisposable
{
    private const int BufferLength = 2_047;
    private const uint FirstSsrc = 0x0F00_0000;
    private const int Ssrcs = 6;
    private const byte OpusType = 111;

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly byte[] _plain = new byte[BufferLength];
    private readonly ushort[] _sequences = new ushort[Ssrcs];
    private readonly DtlsForge _dtls = new(dice);
    private ControlForge _control = null!;
    private RtpForge _rtp = null!;
    private StunForge _stun = null!;
    private SrtpContext _srtp = null!;
    private ushort _spoken;
    private int _plainLength;

    /// <summary>Where they are written.</summary>
    public Span<byte> Buffer => _buffer;

    /// <summary>The last one before protection; empty where it was not protected.</summary>
    public ReadOnlySpan<byte> Plain => _plain.AsSpan(0, _plainLength);

    /// <summary>Learns what only the client and the server know.</summary>
    /// <param name="keys">Their keys.</param>
    /// <param name="offer">The client's offer.</param>
    /// <param name="answer">The server's answer.</param>
    public void Learn(SrtpKeys keys, string offer, string answer)
    {
        _srtp = new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt);
        _control = new ControlForge(dice) { Ssrcs = SsrcsOf(answer) };
        _rtp = new RtpForge(dice);
        var (ufrag, password) = (Attribute(answer, "ice-ufrag"), Attribute(answer, "ice-pwd"));
        _stun = new StunForge(dice, $"{ufrag}:{Attribute(offer, "ice-ufrag")}", password);
    }

    /// <summary>The next one has nothing before protection.</summary>
    public void Forget() => _plainLength = 0;

    /// <summary>Anything.</summary>
    public int Any()
    {
        var length = dice.OneIn(50) ? dice.Next(BufferLength) : dice.Next(60);
        dice.Fill(_buffer.AsSpan(0, length));
        return length;
    }

    /// <summary>DTLS records.</summary>
    public int Dtls() => _dtls.Write(_buffer);

    /// <summary>A check.</summary>
    public int Stun(bool isGenuine) => _stun.Write(_buffer, isGenuine);

    /// <summary>What was recorded.</summary>
    public int Recorded(byte[] datagram)
    {
        datagram.CopyTo(_buffer.AsSpan());
        return datagram.Length;
    }

    /// <summary>What is in the buffer, changed.</summary>
    public int Mutate(int length, ReadOnlySpan<byte> splice) => ByteMutator.Mutate(dice, _buffer, length, splice);

    /// <summary>Reports and requests with the client's keys, whose numbers lie.</summary>
    /// <param name="near">The number of a packet sent a moment ago, which feedback and requests are about.</param>
    public int Control(ushort near)
    {
        _control.NearSequence = near;
        _plainLength = _control.Write(_plain, FirstSsrc + (uint)dice.Next(Ssrcs));
        _plain.AsSpan(0, _plainLength).CopyTo(_buffer);
        return _srtp.ProtectRtcp(_buffer, _plainLength);
    }

    /// <summary>Sound with the client's keys, whose numbers lie.</summary>
    public int Rtp()
    {
        var source = dice.Next(Ssrcs);
        _sequences[source] += (ushort)(1 + (dice.OneIn(50) ? dice.Next(20_000) : 0));
        _plainLength = _rtp.Write(_plain, FirstSsrc + (uint)source, _sequences[source]);
        _plain.AsSpan(0, _plainLength).CopyTo(_buffer);
        return _srtp.ProtectRtp(_buffer, _plainLength);
    }

    /// <summary>A packet of the microphone as the client sends it.</summary>
    public int Speech(RtcTime now, byte[] opus)
    {
        // A stream of its own: what was forged and broken is missing from the others, more of it than a roll-over counter stands.
        var writer = new RtpHeaderWriter(_buffer, false, OpusType, ++_spoken, (uint)now.Microseconds, FirstSsrc + Ssrcs);
        var header = writer.Finish();
        opus.CopyTo(_buffer.AsSpan(header));
        return _srtp.ProtectRtp(_buffer, header + opus.Length);
    }

    public void Dispose() => _srtp?.Dispose();

    private static uint[] SsrcsOf(string answer) =>
        [.. answer.Split("\r\n").Where(line => line.StartsWith("a=ssrc:", StringComparison.Ordinal))
            .Select(line => uint.Parse(line.AsSpan(7, line.IndexOf(' ', StringComparison.Ordinal) - 7), System.Globalization.CultureInfo.InvariantCulture))
            .Distinct()];

    private static string Attribute(string sdp, string name)
    {
        var prefix = $"a={name}:";
        return sdp.Split("\r\n").First(line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..];
    }
}
