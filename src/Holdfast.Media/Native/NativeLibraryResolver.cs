using System.Reflection;
using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>Finds a codec library under the names that systems give it.</summary>
/// <remarks>
/// Debian and its relatives put the ABI version into the file name and keep the name without one for the development
/// package, so a plain <c>libvpx</c> is not found on a machine that only runs things.
/// </remarks>
internal static class NativeLibraryResolver
{
    /// <summary>What the imports of libvpx are declared with.</summary>
    internal const string Vpx = "vpx";

    /// <summary>What the imports of libopus are declared with.</summary>
    internal const string Opus = "opus";

    private static readonly NativeLibraryNames s_vpx = new(
        "libvpx",
        Linux: ["libvpx.so.12", "libvpx.so.11", "libvpx.so.10", "libvpx.so.9", "libvpx.so.8", "libvpx.so.7", "libvpx.so.6", "libvpx.so"],
        Mac: ["libvpx.dylib", "/opt/homebrew/lib/libvpx.dylib", "/usr/local/lib/libvpx.dylib"],
        Windows: ["libvpx-1.dll", "libvpx.dll", "vpx.dll"],
        "libvpx7 (Debian 12, Ubuntu 22.04) or libvpx9 (Debian 13, Ubuntu 24.04)");

    private static readonly NativeLibraryNames s_opus = new(
        "libopus",
        Linux: ["libopus.so.0", "libopus.so"],
        Mac: ["libopus.0.dylib", "libopus.dylib", "/opt/homebrew/lib/libopus.dylib", "/usr/local/lib/libopus.dylib"],
        Windows: ["libopus-0.dll", "libopus.dll", "opus.dll"],
        "libopus0");

    static NativeLibraryResolver() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraryResolver).Assembly, Resolve);

    /// <summary>Must have run before the first import is called: the importing types call it from their static constructors.</summary>
    internal static void Register()
    {
        // The static constructor above does it, once; the runtime allows one resolver per assembly.
    }

    /// <summary>Loads the first name that can be loaded.</summary>
    /// <exception cref="MissingNativeLibraryException">None of them can.</exception>
    internal static nint Load(NativeLibraryNames library)
    {
        var names = library.ForThisSystem;
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        throw new MissingNativeLibraryException(
            $"{library.Name} could not be loaded (tried {string.Join(", ", names)}); on Debian or Ubuntu install the package {library.DebianPackage}.");
    }

    private static nint Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath) => libraryName switch
    {
        Vpx => Load(s_vpx),
        Opus => Load(s_opus),
        _ => 0,
    };
}

/// <summary>The file names of a library on each system, in the order they are tried.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Linux">Names for the dynamic loader.</param>
/// <param name="Mac">Names or paths.</param>
/// <param name="Windows">Names for the dynamic loader.</param>
/// <param name="DebianPackage">The package or packages that hold it.</param>
internal sealed record NativeLibraryNames(string Name, string[] Linux, string[] Mac, string[] Windows, string DebianPackage)
{
    internal string[] ForThisSystem =>
        OperatingSystem.IsWindows() ? Windows : OperatingSystem.IsMacOS() ? Mac : Linux;
}
