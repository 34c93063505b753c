namespace Holdfast.Speech;

/// <summary>
/// Where the packets of a microphone have their place: in the sender's own time, which the RTP timestamps tell. It says what lies between two packets, and
/// whether that was lost or was never sent. Pure.
/// </summary>
internal struct SenderTime
{
    /// <summary>RTP time of Opus runs at 48 kHz (RFC 7587 section 4.1).</summary>
    public const int ClockPerSample = 3;

    /// <summary>Who sends nothing while nobody speaks (DTX) begins again within so long, in samples: 1 min. What jumps further is another clock.</summary>
    private const int LongestSilence = 60 * HearingFormat.SampleRate;

    /// <summary>The longest packet there is, in samples: 120 ms (RFC 6716 section 3.2.5).</summary>
    private const int LongestPacket = HearingFormat.SampleRate * 120 / 1_000;

    /// <summary>What a packet may be before its time and still be the next one: its predecessor was damaged, and its length a guess.</summary>
    private const int Tolerance = LongestPacket;

    private uint _next;
    private int _usual;
    private bool _isKnown;

    /// <summary>What is missing before a packet.</summary>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="lostBefore">How many packets are missing since the one before, by their numbers.</param>
    public readonly Between Before(uint timestamp, int lostBefore)
    {
        if (!_isKnown)
        {
            return default;
        }

        // Signed and modulo 2^32: it wraps once in 25 hours.
        var gap = unchecked((int)(timestamp - _next)) / ClockPerSample;
        if (gap is <= 0 and >= -Tolerance)
        {
            return default;
        }

        if (gap < 0 || gap > LongestSilence + ((long)lostBefore * LongestPacket))
        {
            return new Between(Lost: 0, Silent: 0, IsAnotherClock: true);
        }

        // Of packets that were sent, each was as long as those before; what is left of the time was silence.
        var lost = (int)Math.Min(gap, (long)lostBefore * _usual);
        return new Between(lost, gap - lost, IsAnotherClock: false);
    }

    /// <summary>A packet was taken in.</summary>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="samples">How long it is, at 16 kHz.</param>
    public void Advance(uint timestamp, int samples)
    {
        (_next, _usual, _isKnown) = (timestamp + (uint)(samples * ClockPerSample), samples, true);
    }

    /// <summary>What comes next has nothing to do with what came before.</summary>
    public void Restart() => _isKnown = false;
}

/// <summary>What lies between two packets, in samples of 16 kHz.</summary>
/// <param name="Lost">Was sent and did not arrive.</param>
/// <param name="Silent">Was never sent, since nobody spoke.</param>
/// <param name="IsAnotherClock">Nobody can know: it is another stream, or its sender began anew.</param>
internal readonly record struct Between(int Lost, int Silent, bool IsAnotherClock);
