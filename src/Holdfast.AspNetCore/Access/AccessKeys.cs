using System.Security.Cryptography;
using System.Text;

namespace Holdfast.AspNetCore.Access;

/// <summary>The API keys there are. Only their hashes are kept, and all are compared in the same time, whichever it is.</summary>
internal sealed class AccessKeys
{
    private const int MaxLength = 200;

    private readonly Entry[] _entries;

    public AccessKeys(AccessOptions options, Func<string, string?> environment) => _entries = [.. options.Keys
        .Select(pair => (pair.Key, pair.Value.Role, Key: KeyOf(pair.Value, environment)))
        .Where(static entry => entry.Key is not null)
        .Select(static entry => new Entry(entry.Item1, entry.Role, HashOf(entry.Key!)))];

    /// <summary>The name and role of a key; null where it is none.</summary>
    public (string Name, KeyRole Role)? Find(string key)
    {
        if (key.Length is 0 or > MaxLength)
        {
            return null;
        }

        var hash = HashOf(key);
        (string, KeyRole)? found = null;
        foreach (var entry in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, entry.Hash))
            {
                found = (entry.Name, entry.Role);
            }
        }

        return found;
    }

    internal static string? KeyOf(AccessKeyOptions options, Func<string, string?> environment) =>
        !string.IsNullOrEmpty(options.Key) ? options.Key
        : !string.IsNullOrEmpty(options.KeyVariable) ? environment(options.KeyVariable)
        : null;

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private sealed record Entry(string Name, KeyRole Role, byte[] Hash);
}
