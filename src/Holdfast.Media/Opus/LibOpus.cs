using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>The functions of libopus that are used, as its public headers declare them.</summary>
internal static unsafe partial class LibOpus
{
    /// <summary><c>OPUS_APPLICATION_VOIP</c>.</summary>
    internal const int ApplicationVoip = 2048;

    /// <summary><c>OPUS_SIGNAL_VOICE</c>.</summary>
    internal const int SignalVoice = 3001;

    /// <summary><c>OPUS_AUTO</c>.</summary>
    internal const int Auto = -1000;

    /// <summary><c>OPUS_BANDWIDTH_WIDEBAND</c>: up to 8 kHz.</summary>
    internal const int Wideband = 1103;

    /// <summary><c>OPUS_BANDWIDTH_FULLBAND</c>.</summary>
    internal const int Fullband = 1105;

    internal const int SetBitrate = 4002;
    internal const int SetBandwidth = 4008;
    internal const int SetComplexity = 4010;
    internal const int SetInbandFec = 4012;
    internal const int SetPacketLossPercent = 4014;
    internal const int SetDtx = 4016;
    internal const int SetSignal = 4024;

    static LibOpus() => NativeLibraryResolver.Register();

    /// <summary>Such as "libopus 1.3.1".</summary>
    internal static string GetVersion() => Marshal.PtrToStringUTF8(GetVersionString()) ?? "libopus";

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_encoder_create")]
    internal static partial OpusEncoderHandle CreateEncoder(int sampleRate, int channels, int application, out int error);

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_encode")]
    internal static partial int Encode(OpusEncoderHandle encoder, short* pcm, int frameSize, byte* data, int maxBytes);

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_encoder_destroy")]
    internal static partial void DestroyEncoder(nint encoder);

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_decoder_create")]
    internal static partial OpusDecoderHandle CreateDecoder(int sampleRate, int channels, out int error);

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_decode")]
    internal static partial int Decode(OpusDecoderHandle decoder, byte* data, int length, short* pcm, int frameSize, int decodeFec);

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_decoder_destroy")]
    internal static partial void DestroyDecoder(nint decoder);

    /// <summary>Sets one of an encoder's controls.</summary>
    internal static void SetControl(OpusEncoderHandle encoder, int request, int value) =>
        ThrowIfFailed(VariadicCalls.OnStack ? ControlOnStack(encoder, request, 0, 0, 0, 0, 0, 0, value) : Control(encoder, request, value));

    /// <exception cref="InvalidOperationException">The result is negative; the message is libopus's.</exception>
    internal static void ThrowIfFailed(int result)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"libopus: {Marshal.PtrToStringUTF8(GetErrorText(result))}");
        }
    }

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_get_version_string")]
    private static partial nint GetVersionString();

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_strerror")]
    private static partial nint GetErrorText(int error);

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_encoder_ctl")]
    private static partial int Control(OpusEncoderHandle encoder, int request, int value);

    [LibraryImport(NativeLibraryResolver.Opus, EntryPoint = "opus_encoder_ctl")]
    private static partial int ControlOnStack(
        OpusEncoderHandle encoder, int request, nint r2, nint r3, nint r4, nint r5, nint r6, nint r7, nint value);
}

/// <summary>Owns one libopus encoder.</summary>
internal sealed class OpusEncoderHandle : SafeHandle
{
    public OpusEncoderHandle()
        : base(0, ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibOpus.DestroyEncoder(handle);
        return true;
    }
}

/// <summary>Owns one libopus decoder.</summary>
internal sealed class OpusDecoderHandle : SafeHandle
{
    public OpusDecoderHandle()
        : base(0, ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibOpus.DestroyDecoder(handle);
        return true;
    }
}
