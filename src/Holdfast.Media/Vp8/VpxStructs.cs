using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>The results of libvpx calls this code tells apart (<c>vpx_codec_err_t</c>).</summary>
internal enum VpxResult
{
    Ok = 0,
    AbiMismatch = 3,
    InvalidParameter = 8,
}

/// <summary>
/// The first part of libvpx's <c>vpx_codec_enc_cfg</c>, up to the last field this code writes.
/// </summary>
/// <remarks>
/// The public headers of libvpx 1.8 to 1.17 (sonames 6 to 12) agree on every field up to and including <c>kf_max_dist</c>;
/// what follows has grown over time. So the library is handed a block of <see cref="BlockSize"/> bytes that it fills with its
/// own defaults, and only this prefix is looked at (<see cref="VpxAbi"/> compares it with the defaults it must have).
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct VpxEncoderConfig
{
    /// <summary>Bytes to reserve: the structure had 504 in libvpx 1.17.</summary>
    internal const int BlockSize = 4096;

    public uint Usage;
    public uint Threads;
    public uint Profile;
    public uint Width;
    public uint Height;
    public int BitDepth;
    public uint InputBitDepth;
    public int TimebaseNumerator;
    public int TimebaseDenominator;
    public uint ErrorResilient;
    public int Pass;
    public uint LagInFrames;
    public uint DropFrameThreshold;
    public uint ResizeAllowed;
    public uint ScaledWidth;
    public uint ScaledHeight;
    public uint ResizeUpThreshold;
    public uint ResizeDownThreshold;
    public int RateControl;
    public nint TwoPassStatistics;
    public nuint TwoPassStatisticsSize;
    public nint FirstPassBlockStatistics;
    public nuint FirstPassBlockStatisticsSize;
    public uint TargetKilobits;
    public uint MinQuantizer;
    public uint MaxQuantizer;
    public uint UndershootPercent;
    public uint OvershootPercent;
    public uint BufferMilliseconds;
    public uint BufferInitialMilliseconds;
    public uint BufferOptimalMilliseconds;
    public uint TwoPassBiasPercent;
    public uint TwoPassMinSectionPercent;
    public uint TwoPassMaxSectionPercent;
    public uint TwoPassCorpusComplexity;
    public int KeyFrameMode;
    public uint KeyFrameMinDistance;
    public uint KeyFrameMaxDistance;
}

/// <summary>libvpx's <c>vpx_active_map</c>: a byte for each block of 16x16, row by row; 0: what it was.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VpxActiveMap
{
    public byte* Blocks;
    public uint Rows;
    public uint Columns;
}

/// <summary>libvpx's <c>vpx_image</c>, the part this code reads or writes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VpxImage
{
    /// <summary>Bytes to reserve: the structure has 136 since libvpx 1.4.</summary>
    internal const int BlockSize = 512;

    /// <summary><c>VPX_IMG_FMT_I420</c>.</summary>
    internal const int FormatI420 = 0x102;

    public int Format;
    public int ColorSpace;
    public int Range;
    public uint StoredWidth;
    public uint StoredHeight;
    public uint BitDepth;
    public uint Width;
    public uint Height;
    public uint RenderWidth;
    public uint RenderHeight;
    public uint ChromaShiftX;
    public uint ChromaShiftY;
    public nint PlaneY;
    public nint PlaneU;
    public nint PlaneV;
    public nint PlaneAlpha;
    public int StrideY;
    public int StrideU;
    public int StrideV;
    public int StrideAlpha;
}

/// <summary>libvpx's <c>vpx_codec_cx_pkt</c> holding a compressed frame, the part this code reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VpxPacket
{
    /// <summary><c>VPX_CODEC_CX_FRAME_PKT</c>.</summary>
    internal const int KindFrame = 0;

    /// <summary><c>VPX_FRAME_IS_KEY</c>.</summary>
    internal const uint FlagKey = 1;

    public int Kind;
    public nint Buffer;
    public nuint Size;
    public long Timestamp;
    public CULong Duration;
    public uint Flags;
}
