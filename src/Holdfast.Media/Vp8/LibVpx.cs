using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>The functions of libvpx that are used, as its public headers declare them.</summary>
internal static unsafe partial class LibVpx
{
    /// <summary><c>VP8E_SET_ACTIVEMAP</c>.</summary>
    internal const int SetActiveMap = 9;

    /// <summary><c>VP8E_SET_CPUUSED</c>: negative values are a fixed speed.</summary>
    internal const int SetCpuUsed = 13;

    /// <summary><c>VP8E_SET_NOISE_SENSITIVITY</c>.</summary>
    internal const int SetNoiseSensitivity = 15;

    /// <summary><c>VP8E_SET_STATIC_THRESHOLD</c>.</summary>
    internal const int SetStaticThreshold = 17;

    /// <summary><c>VP8E_SET_TOKEN_PARTITIONS</c>: log2 of the number.</summary>
    internal const int SetTokenPartitions = 18;

    /// <summary><c>VP8E_SET_MAX_INTRA_BITRATE_PCT</c>.</summary>
    internal const int SetMaxIntraBitratePercent = 26;

    /// <summary><c>VP8E_SET_SCREEN_CONTENT_MODE</c>.</summary>
    internal const int SetScreenContentMode = 31;

    /// <summary><c>VPX_DL_REALTIME</c>.</summary>
    internal const uint DeadlineRealtime = 1;

    /// <summary><c>VPX_DL_GOOD_QUALITY</c>: for what is encoded once and shown for ever.</summary>
    internal const uint DeadlineGoodQuality = 1_000_000;

    /// <summary><c>VPX_EFLAG_FORCE_KF</c>.</summary>
    internal const int FlagForceKeyFrame = 1;

    /// <summary>
    /// <c>VP8_EFLAG_NO_UPD_LAST</c>, <c>_GF</c>, <c>_ARF</c> and <c>_ENTROPY</c>: neither the picture nor what was learnt from it is there for those that follow.
    /// </summary>
    internal const int FlagsUpdateNothing = (1 << 18) | (1 << 22) | (1 << 23) | (1 << 20);

    static LibVpx() => NativeLibraryResolver.Register();

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_version_str")]
    private static partial nint GetVersionText();

    /// <summary>The library's version and build, as it says itself.</summary>
    internal static string GetVersion() => Marshal.PtrToStringUTF8(GetVersionText()) ?? "";

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_vp8_cx")]
    internal static partial nint GetVp8EncoderInterface();

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_vp8_dx")]
    internal static partial nint GetVp8DecoderInterface();

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_enc_config_default")]
    internal static partial VpxResult GetDefaultEncoderConfig(nint iface, VpxEncoderConfig* config, uint usage);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_enc_init_ver")]
    internal static partial VpxResult InitializeEncoder(nint context, nint iface, VpxEncoderConfig* config, CLong flags, int abiVersion);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_enc_config_set")]
    internal static partial VpxResult SetEncoderConfig(VpxContext context, VpxEncoderConfig* config);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_encode")]
    internal static partial VpxResult Encode(VpxContext context, VpxImage* image, long timestamp, CULong duration, CLong flags, CULong deadline);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_get_cx_data")]
    internal static partial VpxPacket* GetPacket(VpxContext context, ref nint iterator);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_dec_init_ver")]
    internal static partial VpxResult InitializeDecoder(nint context, nint iface, nint config, CLong flags, int abiVersion);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_decode")]
    internal static partial VpxResult Decode(VpxContext context, byte* data, uint size, nint userPrivate, CLong deadline);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_get_frame")]
    internal static partial VpxImage* GetFrame(VpxContext context, ref nint iterator);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_destroy")]
    internal static partial VpxResult Destroy(nint context);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_error_detail")]
    private static partial nint GetErrorDetail(VpxContext context);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_err_to_string")]
    private static partial nint GetErrorText(VpxResult result);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_img_wrap")]
    internal static partial VpxImage* WrapImage(VpxImage* image, int format, uint width, uint height, uint strideAlign, byte* data);

    /// <summary>Sets one of the codec's controls.</summary>
    internal static void SetControl(VpxContext context, int control, int value) =>
        ThrowIfFailed(
            VariadicCalls.OnStack ? ControlOnStack(context, control, 0, 0, 0, 0, 0, 0, value) : Control(context, control, value),
            context);

    /// <summary>The same for a control that is handed a structure.</summary>
    internal static void SetControl(VpxContext context, int control, void* value) =>
        ThrowIfFailed(
            VariadicCalls.OnStack ? ControlOnStack(context, control, 0, 0, 0, 0, 0, 0, (nint)value) : Control(context, control, value),
            context);

    /// <exception cref="InvalidOperationException">The call failed; the message is libvpx's.</exception>
    internal static void ThrowIfFailed(VpxResult result, VpxContext context)
    {
        if (result != VpxResult.Ok)
        {
            Throw(result, context);
        }
    }

    private static void Throw(VpxResult result, VpxContext context)
    {
        var text = Marshal.PtrToStringUTF8(GetErrorText(result));
        var detail = Marshal.PtrToStringUTF8(GetErrorDetail(context));
        throw new InvalidOperationException(detail is null ? $"libvpx: {text}" : $"libvpx: {text}: {detail}");
    }

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_control_")]
    private static partial VpxResult Control(VpxContext context, int control, int value);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_control_")]
    private static partial VpxResult Control(VpxContext context, int control, void* value);

    [LibraryImport(NativeLibraryResolver.Vpx, EntryPoint = "vpx_codec_control_")]
    private static partial VpxResult ControlOnStack(
        VpxContext context, int control, nint r2, nint r3, nint r4, nint r5, nint r6, nint r7, nint value);
}
