using System.Runtime.InteropServices;

namespace Holdfast.Sessions;

/// <summary>
/// Makes names in a directory survive a loss of power: a file that was renamed is on the disk, but its new name may not be before its
/// directory is written too. .NET has no way to ask for that.
/// </summary>
internal static partial class DiskDirectory
{
    /// <summary>Writes a directory to the disk, as far as the system can.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            // NTFS writes the names in order in its journal, and a directory cannot be flushed.
            return;
        }

        var descriptor = Open(path, flags: 0);
        if (descriptor < 0)
        {
            throw new IOException($"{path} could not be opened to be written to the disk (errno {Marshal.GetLastPInvokeError()}).");
        }

        var result = Sync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);

        // EINVAL: this file system has nothing to write.
        const int invalid = 22;
        if (result < 0 && error != invalid)
        {
            throw new IOException($"{path} could not be written to the disk (errno {error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
