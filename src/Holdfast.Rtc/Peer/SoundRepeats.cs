using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>
/// Copies of the last packets of sound in each new one (RFC 2198), as many as the line's losses call for: none on a good line, three where bursts of 60 ms
/// are lost. Sound that takes part in nothing else is worth it; a thin line has no room for it.
/// </summary>
/// <remarks>Nothing is kept before the first loss, and nothing is allocated after it.</remarks>
internal sealed class SoundRepeats
{
    /// <summary>The most copies in one packet: 60 ms.</summary>
    public const int Most = 3;

    /// <summary>Longer packets are not copied: music at a high rate fills the line by itself.</summary>
    public const int LongestCopied = 320;

    /// <summary>Of the line, for sound and its copies, headers included; they begin at a smaller share than they go on at.</summary>
    private const double ShareToBegin = 0.40;
    private const double ShareToGoOn = 0.50;

    /// <summary>20 ms of sound in a second, and the headers of a packet in bits: IP, UDP, RTP with its extensions, and the tag of SRTP.</summary>
    private const int FramesPerSecond = 50;
    private const int HeaderBits = 74 * 8;

    /// <summary>Losses are judged over two seconds of sound, or when so many packets were lost.</summary>
    private const int Window = 100;
    private const int FewLost = 3;

    /// <summary>More lost in one go is an outage, which copies do nothing for: 200 ms.</summary>
    private const int LongestBurst = 10;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly byte[]?[] _kept = new byte[Most][];
    private readonly (int Length, uint Timestamp)[] _packets = new (int, uint)[Most];
    private int _count;
    private int _next;
    private int _run;
    private int _runFrames;
    private int _received;
    private int _lost;
    private int _lostPackets;
    private RtcTime _wantedUntil;

    /// <summary>Copies that the losses call for.</summary>
    public int Wanted { get; private set; }

    /// <summary>Copies in the packet that was written last.</summary>
    public int Sent { get; private set; }

    /// <summary>A packet of sound is told to have arrived, or not.</summary>
    /// <param name="now">Now.</param>
    /// <param name="received">Whether it has.</param>
    /// <param name="frames">20 ms of sound in it: where there are several, fewer packets tell as much.</param>
    public void OnFeedback(RtcTime now, bool received, int frames)
    {
        if (!received)
        {
            (_lost, _lostPackets, _run, _runFrames) = (_lost + frames, _lostPackets + 1, _run + 1, _runFrames + frames);
            return;
        }

        _received += frames;
        if (_runFrames > LongestBurst)
        {
            // An outage: it says nothing of the line that is there now.
            (_run, _runFrames, _received, _lost, _lostPackets) = (0, 0, 0, 0, 0);
            return;
        }

        if (_run > 1)
        {
            Want(now, _run);
        }

        (_run, _runFrames) = (0, 0);
        var seen = _received + _lost;
        if (seen < Window && _lostPackets < FewLost)
        {
            return;
        }

        Want(now, (_lost * 100 / Math.Max(Window, seen)) switch
        {
            0 => 0,
            < 4 => 1,
            < 8 => 2,
            _ => Most,
        });
        if (seen >= Window)
        {
            (_received, _lost, _lostPackets) = (0, 0, 0);
        }
    }

    /// <summary>Another line, of which nothing is known.</summary>
    public void Restart() => (Wanted, Sent, _run, _runFrames, _received, _lost, _lostPackets, _count) = (0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>How many copies go with a packet.</summary>
    /// <param name="timestamp">The packet's.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="frames">20 ms of sound in it.</param>
    /// <param name="room">Bytes that it and its copies may take together, with their headers.</param>
    /// <param name="lineRate">What the line carries, bits a second.</param>
    public int Plan(uint timestamp, int length, int frames, int room, int lineRate)
    {
        var count = 0;
        var bytes = RedPayload.Header + length;
        while (count < Math.Min(Wanted, _count))
        {
            var (kept, at) = _packets[IndexOf(count)];
            bytes += RedPayload.CopyHeader + kept;
            var share = count < Sent ? ShareToGoOn : ShareToBegin;
            if (kept == 0 || unchecked(timestamp - at) is 0 or > RedPayload.MostOffset
                || bytes > room || ((bytes * 8) + HeaderBits) * FramesPerSecond / frames > share * lineRate)
            {
                break;
            }

            count++;
        }

        return Sent = count;
    }

    /// <summary>Writes a packet of sound with copies of those before it; returns its length.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="count">As planned.</param>
    /// <param name="payloadType">Of the sound.</param>
    /// <param name="timestamp">The packet's.</param>
    /// <param name="sound">The packet.</param>
    public int Write(Span<byte> buffer, int count, byte payloadType, uint timestamp, ReadOnlySpan<byte> sound)
    {
        var at = (count * RedPayload.CopyHeader) + RedPayload.Header;
        for (var i = 0; i < count; i++)
        {
            // The oldest first.
            var index = IndexOf(count - 1 - i);
            var (length, then) = _packets[index];
            RedPayload.WriteCopyHeader(buffer[(i * RedPayload.CopyHeader)..], payloadType, unchecked(timestamp - then), length);
            _kept[index].AsSpan(0, length).CopyTo(buffer[at..]);
            at += length;
        }

        RedPayload.WriteHeader(buffer[(count * RedPayload.CopyHeader)..], payloadType);
        sound.CopyTo(buffer[at..]);
        return at + sound.Length;
    }

    /// <summary>Keeps a packet that was sent, where packets after it may carry a copy.</summary>
    public void Keep(uint timestamp, ReadOnlySpan<byte> sound)
    {
        if (Wanted == 0)
        {
            _count = 0;
            return;
        }

        var fits = sound.Length <= LongestCopied;
        if (fits)
        {
            sound.CopyTo(_kept[_next] ??= new byte[LongestCopied]);
        }

        _packets[_next] = (fits ? sound.Length : 0, timestamp);
        _next = (_next + 1) % Most;
        _count = Math.Min(_count + 1, Most);
    }

    /// <summary>Gives memory back, for a connection that sends nothing for a while.</summary>
    public void Release()
    {
        Array.Clear(_kept);
        _count = 0;
    }

    /// <summary>Where the packet is that was kept so many before the newest.</summary>
    private int IndexOf(int age) => (_next - 1 - age + (2 * Most)) % Most;

    private void Want(RtcTime now, int count)
    {
        count = Math.Min(count, Most);
        if (count >= Wanted || now >= _wantedUntil)
        {
            Wanted = count;
            _wantedUntil = now + Remembered;
        }
    }
}
