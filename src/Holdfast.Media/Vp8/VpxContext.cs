using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>Owns one libvpx codec: the memory of its <c>vpx_codec_ctx</c> and all that hangs on it.</summary>
internal sealed unsafe class VpxContext : SafeHandle
{
    // The structure has 56 bytes; the rest is room for one that grows.
    private const int BlockSize = 512;

    private bool _initialized;

    /// <summary>Reserves the memory; nothing in it is alive before <see cref="InitializeEncoder"/> or <see cref="InitializeDecoder"/>.</summary>
    public VpxContext()
        : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed(BlockSize));

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Makes it an encoder. The library keeps the address of the configuration's block.</summary>
    internal void InitializeEncoder(VpxEncoderConfig* config)
    {
        var result = LibVpx.InitializeEncoder(handle, LibVpx.GetVp8EncoderInterface(), config, default, VpxAbi.Encoder);
        LibVpx.ThrowIfFailed(result, this);
        _initialized = true;
    }

    /// <summary>Makes it a decoder, single-threaded.</summary>
    internal void InitializeDecoder()
    {
        var result = LibVpx.InitializeDecoder(handle, LibVpx.GetVp8DecoderInterface(), 0, default, VpxAbi.Decoder);
        LibVpx.ThrowIfFailed(result, this);
        _initialized = true;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var done = !_initialized || LibVpx.Destroy(handle) == VpxResult.Ok;
        NativeMemory.Free((void*)handle);
        return done;
    }
}
