namespace Holdfast.Media;

/// <summary>
/// Encodes a voice to Opus (RFC 6716), 48 kHz mono, one packet for 20 ms: in-band FEC on, DTX off. One caller at a time.
/// </summary>
public sealed unsafe class OpusEncoder : IDisposable
{
    // RFC 6716 section 3.2.1: no Opus frame is longer than 1,275 bytes, and a packet of 20 ms is one frame and its TOC byte.
    private const int MaxPacketBytes = 1276;

    // From so much on it would spend a part on heights that are not there; without them less work gives a sound that is nearer to the voice.
    private const int LeastForHeights = 40_000;
    private const int ComplexityWithoutHeights = 3;

    private readonly OpusEncoderHandle _handle;
    private readonly Heights _heights = new();
    private readonly int _complexity;
    private int _band;
    private int _bitrate;
    private int _expectedLoss;
    private readonly byte[] _packet = new byte[MaxPacketBytes];

    /// <exception cref="MissingNativeLibraryException">libopus is not there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public OpusEncoder(OpusEncoderOptions? options = null)
    {
        options ??= new OpusEncoderOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BitrateBitsPerSecond, 6_000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BitrateBitsPerSecond, 128_000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.ExpectedLossPercent, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ExpectedLossPercent, 100, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Complexity, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Complexity, 10, nameof(options));

        // VOIP, because only the SILK and hybrid modes it prefers carry in-band FEC.
        _handle = LibOpus.CreateEncoder(SoundFormat.SampleRate, 1, LibOpus.ApplicationVoip, out var error);
        LibOpus.ThrowIfFailed(error);
        (_bitrate, _expectedLoss) = (options.BitrateBitsPerSecond, options.ExpectedLossPercent);
        LibOpus.SetControl(_handle, LibOpus.SetBitrate, options.BitrateBitsPerSecond);
        _complexity = options.Complexity;
        LibOpus.SetControl(_handle, LibOpus.SetComplexity, _complexity);
        LibOpus.SetControl(_handle, LibOpus.SetInbandFec, 1);
        LibOpus.SetControl(_handle, LibOpus.SetPacketLossPercent, options.ExpectedLossPercent);
        LibOpus.SetControl(_handle, LibOpus.SetDtx, 0);
        LibOpus.SetControl(_handle, LibOpus.SetSignal, LibOpus.SignalVoice);
    }

    /// <summary>The target, bits a second, 6,000 to 128,000; a change counts from the next packet on.</summary>
    public int BitrateBitsPerSecond
    {
        get => _bitrate;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 6_000);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 128_000);
            if (value != _bitrate)
            {
                LibOpus.SetControl(_handle, LibOpus.SetBitrate, value);
                _bitrate = value;
            }
        }
    }

    /// <summary>The loss to be prepared for, percent; a change counts from the next packet on.</summary>
    public int ExpectedLossPercent
    {
        get => _expectedLoss;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            if (value != _expectedLoss)
            {
                LibOpus.SetControl(_handle, LibOpus.SetPacketLossPercent, value);
                _expectedLoss = value;
            }
        }
    }

    /// <summary>Encodes the next 20 ms.</summary>
    /// <param name="pcm">960 samples.</param>
    /// <returns>One packet, valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<short> pcm)
    {
        if (pcm.Length != SoundFormat.SamplesPerFrame)
        {
            throw new ArgumentException($"{SoundFormat.SamplesPerFrame} samples are encoded at a time, not {pcm.Length}.", nameof(pcm));
        }

        SetBand(_heights.AreIn(pcm));
        fixed (short* samples = pcm)
        fixed (byte* packet = _packet)
        {
            var length = LibOpus.Encode(_handle, samples, pcm.Length, packet, _packet.Length);
            LibOpus.ThrowIfFailed(length);
            return _packet.AsSpan(0, length);
        }
    }

    /// <summary>A voice of 16 kHz has no heights, and nothing is spent on them; the first frame that has some is encoded with them.</summary>
    private void SetBand(bool hasHeights)
    {
        // Told and not only bounded: left to itself it waits for a pause before it goes up again.
        var band = _bitrate < LeastForHeights ? LibOpus.Auto : hasHeights ? LibOpus.Fullband : LibOpus.Wideband;
        if (band != _band)
        {
            _band = band;
            LibOpus.SetControl(_handle, LibOpus.SetBandwidth, band);
            LibOpus.SetControl(_handle, LibOpus.SetComplexity, band == LibOpus.Wideband ? Math.Min(_complexity, ComplexityWithoutHeights) : _complexity);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
