using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Sessions;

/// <summary>The secret that makes a client the owner of its session: 256 random bits in base64url, told once.</summary>
public readonly record struct ResumeToken
{
    private const int RandomBytes = 32;

    private ResumeToken(string value) => Value = value;

    /// <summary>The text the client keeps and sends as its bearer token; 43 characters.</summary>
    public string Value { get; }

    /// <summary>A new token from the system's cryptographic generator.</summary>
    public static ResumeToken New() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>What the server keeps in its place.</summary>
    public ResumeTokenHash Hash() => ResumeTokenHash.Of(Value);

    /// <summary>Never the token itself: it must not reach a log by accident.</summary>
    public override string ToString() => "(resume token)";
}

/// <summary>The SHA-256 of a resume token, which is all that is kept: who reads the store cannot take a session.</summary>
public sealed class ResumeTokenHash
{
    private readonly byte[] _hash;

    private ResumeTokenHash(byte[] hash) => _hash = hash;

    /// <summary>The hash of a text that may or may not be a token.</summary>
    public static ResumeTokenHash Of(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
    }

    /// <summary>A hash that was kept; 32 bytes.</summary>
    internal static ResumeTokenHash Kept(byte[] hash) => new(hash);

    /// <summary>The hash itself, to be kept.</summary>
    internal byte[] ToBytes() => [.. _hash];

    /// <summary>Whether a client showed the token this is the hash of; takes the same time for every wrong one.</summary>
    public bool Matches(string presented) => Matches(Of(presented));

    /// <summary>Whether it is the hash of the same token; takes the same time for every wrong one.</summary>
    internal bool Matches(ResumeTokenHash presented) => CryptographicOperations.FixedTimeEquals(_hash, presented._hash);
}
