using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>Which ABI the loaded libvpx speaks, found out by asking it.</summary>
/// <remarks>
/// Every initialisation names the version of the header it was compiled with, and the library refuses any but its own; the
/// number differs by release (25 in 1.12, 30 in 1.13, 34 in 1.14, 37 in 1.15, 39 in 1.16). The library compares it first, before it
/// looks at any other argument. So it is asked without a context: a wrong version answers "ABI mismatch", the right
/// one "invalid parameter", and nothing else happens. A version that is not known yet is then good enough when the
/// configuration it fills in has the shape and the defaults that all known ones have.
/// </remarks>
internal static unsafe class VpxAbi
{
    private const int HighestProbed = 255;

    private static readonly Lazy<Versions> s_versions = new(Probe);

    /// <summary>The version to name when an encoder is initialised.</summary>
    internal static int Encoder => s_versions.Value.Encoder;

    /// <summary>The version to name when a decoder is initialised.</summary>
    internal static int Decoder => s_versions.Value.Decoder;

    /// <exception cref="MissingNativeLibraryException">libvpx is missing, or none that this code can talk to.</exception>
    internal static void EnsureKnown() => _ = s_versions.Value;

    private static Versions Probe()
    {
        try
        {
            return Ask();
        }
        catch (EntryPointNotFoundException exception)
        {
            // Built without VP8, or something else of the same name.
            throw Unusable(exception);
        }
    }

    private static Versions Ask()
    {
        var encoder = 0;
        var decoder = 0;
        for (var version = 1; version <= HighestProbed && (encoder == 0 || decoder == 0); version++)
        {
            if (encoder == 0 && LibVpx.InitializeEncoder(0, 0, null, default, version) == VpxResult.InvalidParameter)
            {
                encoder = version;
            }

            if (decoder == 0 && LibVpx.InitializeDecoder(0, 0, 0, default, version) == VpxResult.InvalidParameter)
            {
                decoder = version;
            }
        }

        return encoder != 0 && decoder != 0 && HasKnownShape() ? new Versions(encoder, decoder) : throw Unusable(null);
    }

    private static MissingNativeLibraryException Unusable(Exception? cause) => new(
        "The libvpx that was found cannot be used: its interface is not one of those known (libvpx 1.8 to 1.17, with VP8); on Debian or Ubuntu install the package libvpx7 or libvpx9.",
        cause);

    private static bool HasKnownShape()
    {
        var block = NativeMemory.AllocZeroed(VpxEncoderConfig.BlockSize);
        try
        {
            var config = (VpxEncoderConfig*)block;
            return LibVpx.GetDefaultEncoderConfig(LibVpx.GetVp8EncoderInterface(), config, 0) == VpxResult.Ok
                && config->Width == 320 && config->Height == 240
                && config->TimebaseNumerator == 1 && config->TimebaseDenominator == 30
                && config->TargetKilobits == 256
                && config->MinQuantizer == 4 && config->MaxQuantizer == 63
                && config->BufferMilliseconds == 6000 && config->BufferInitialMilliseconds == 4000 && config->BufferOptimalMilliseconds == 5000
                && config->KeyFrameMode == 1 && config->KeyFrameMinDistance == 0 && config->KeyFrameMaxDistance == 128;
        }
        finally
        {
            NativeMemory.Free(block);
        }
    }

    private readonly record struct Versions(int Encoder, int Decoder);
}
