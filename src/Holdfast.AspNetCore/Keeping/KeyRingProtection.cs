using System.Security.Cryptography;
using Holdfast.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace Holdfast.AspNetCore;

/// <summary>Encrypts what is kept with ASP.NET Core Data Protection: authenticated, with keys that change and are kept elsewhere.</summary>
internal sealed class KeyRingProtection : ISessionProtection
{
    private const string Purpose = "Holdfast.Sessions.KeptSession.v1";

    private readonly IDataProtector _protector;

    /// <param name="keyDirectory">Where the keys are; made when it is not there.</param>
    public KeyRingProtection(string keyDirectory) => _protector = DataProtectionProvider
        .Create(ForThisUserAlone(keyDirectory), static builder => builder.SetApplicationName("Holdfast"))
        .CreateProtector(Purpose);

    private static DirectoryInfo ForThisUserAlone(string path)
    {
        var directory = new DirectoryInfo(path);
        if (!directory.Exists && !OperatingSystem.IsWindows())
        {
            try
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Where nothing can be written nothing is kept either, which the store says.
            }
        }

        return directory;
    }

    public byte[] Protect(ReadOnlySpan<byte> data) => _protector.Protect(data.ToArray());

    public bool TryUnprotect(ReadOnlySpan<byte> data, out byte[] open)
    {
        try
        {
            open = _protector.Unprotect(data.ToArray());
            return true;
        }
        catch (CryptographicException)
        {
            open = [];
            return false;
        }
    }
}
