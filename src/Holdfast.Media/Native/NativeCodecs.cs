namespace Holdfast.Media;

/// <summary>The codec libraries of the system: libvpx for pictures, libopus for sound.</summary>
public static class NativeCodecs
{
    /// <summary>
    /// Loads both libraries and makes sure that they are versions this code knows how to call. Cheap after the first time.
    /// Whoever does not ask gets the same exception from the first encoder or decoder.
    /// </summary>
    /// <exception cref="MissingNativeLibraryException">One is missing or too different.</exception>
    public static void EnsureAvailable()
    {
        VpxAbi.EnsureKnown();
        _ = LibOpus.GetVersion();
    }
}
