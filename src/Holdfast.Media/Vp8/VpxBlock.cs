using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>Native memory for an encoder's configuration and its input image: libvpx keeps the address of the former.</summary>
internal sealed unsafe class VpxBlock : SafeHandle
{
    public VpxBlock()
        : base(0, ownsHandle: true) =>
        SetHandle((nint)NativeMemory.AllocZeroed(VpxEncoderConfig.BlockSize + VpxImage.BlockSize));

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal VpxEncoderConfig* Config => (VpxEncoderConfig*)handle;

    internal VpxImage* Image => (VpxImage*)(handle + VpxEncoderConfig.BlockSize);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
