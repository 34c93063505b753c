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
        .Create(new DirectoryInfo(keyDirectory), static builder => builder.SetApplicationName("Holdfast"))
        .CreateProtector(Purpose);

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
