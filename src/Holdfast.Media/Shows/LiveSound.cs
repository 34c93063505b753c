namespace Holdfast.Media;

/// <summary>The sound of one stream: encoded while there is something to hear, and shortly after; the silence of everyone otherwise.</summary>
internal sealed class LiveSound(IShow show, OpusEncoderOptions options, long lingerTicks)
{
    // Lets the encoder, and with it the decoder, come to rest before the shared packet takes over: 100 ms.
    private const int TailTicks = 5;

    private readonly short[] _pcm = new short[SoundFormat.SamplesPerFrame];
    private readonly ReadOnlyMemory<byte> _silence = SilentPacket.For(options);
    private readonly IRewindableShow? _rewindable = show as IRewindableShow;
    private readonly IResumableShow? _resumable = show as IResumableShow;
    private OpusEncoder? _encoder;
    private SoundRate _rate;
    private long _lastSound = long.MinValue;
    private int _tail;
    private long _livePackets;
    private long _silentPackets;

    internal ReadOnlySpan<byte> Silence => _silence.Span;

    internal long LivePackets => Volatile.Read(ref _livePackets);

    internal long SilentPackets => Volatile.Read(ref _silentPackets);

    /// <summary>What the sound sent last takes of the line, headers included.</summary>
    internal int BitsPerSecond { get; private set; } = SoundRate.Headers(frames: 1);

    internal void Tick(in MediaTick tick, in MediaRoom room, IMediaSink sink)
    {
        var sounds = show.ReadAudio(_pcm);
        var place = _rewindable?.Place ?? 0;
        if (sounds)
        {
            _tail = TailTicks;
            _lastSound = tick.Index;
        }
        else if (_tail > 0)
        {
            _tail--;
            Array.Clear(_pcm);
        }
        else
        {
            sink.SendAudio(tick.MediaTime, _silence.Span, silent: true, place);
            BitsPerSecond = SoundRate.Headers(room.SoundFrames) + (_silence.Length * 8 * MediaTick.PerSecond * (1 + room.SoundCopies));
            Interlocked.Increment(ref _silentPackets);
            if (_encoder is not null && tick.Index - _lastSound > lingerTicks)
            {
                Release();
            }

            return;
        }

        var begins = _encoder is null;
        _encoder ??= new OpusEncoder(options);
        var rate = SoundRate.For(room, options);
        if (rate != _rate)
        {
            _encoder.BitrateBitsPerSecond = rate.BitsPerSecond;
            _encoder.ExpectedLossPercent = rate.ExpectedLossPercent;
            _rate = rate;
        }

        if (begins && _resumable is not null)
        {
            TakeIn(_resumable, _encoder);
        }

        BitsPerSecond = SoundRate.Headers(room.SoundFrames) + (rate.BitsPerSecond * (1 + room.SoundCopies));
        sink.SendAudio(tick.MediaTime, _encoder.Encode(_pcm), silent: !sounds, place);
        Interlocked.Increment(ref _livePackets);
    }

    /// <summary>A new encoder begins with what was heard before, or the word in the middle of which it begins sounds torn.</summary>
    private static void TakeIn(IResumableShow show, OpusEncoder encoder)
    {
        Span<short> before = stackalloc short[SoundFormat.SamplesPerFrame];
        while (show.ReadLeadIn(before))
        {
            encoder.Encode(before);
        }
    }

    /// <summary>The show goes 20 ms on and nobody hears it.</summary>
    internal bool Skip() => show.ReadAudio(_pcm);

    internal void Release()
    {
        _encoder?.Dispose();
        (_encoder, _rate) = (null, default);
        _tail = 0;
    }
}
