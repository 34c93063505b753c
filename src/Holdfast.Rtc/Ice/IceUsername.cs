using System.Buffers.Text;

namespace Holdfast.Rtc.Ice;

/// <summary>A view of the USERNAME of a check sent to this server: <c>tag "/" generation ":" client-ufrag</c>.</summary>
internal readonly ref struct IceUsername
{
    private IceUsername(ReadOnlySpan<byte> tag, int generation, ReadOnlySpan<byte> remoteUfrag)
    {
        Tag = tag;
        Generation = generation;
        RemoteUfrag = remoteUfrag;
    }

    /// <summary>The routing tag.</summary>
    public ReadOnlySpan<byte> Tag { get; }

    /// <summary>The generation of the credentials, 0 or more.</summary>
    public int Generation { get; }

    /// <summary>The client's ufrag.</summary>
    public ReadOnlySpan<byte> RemoteUfrag { get; }

    /// <summary>Takes a USERNAME apart. There is one way to write a generation: decimal, without leading zeros.</summary>
    public static bool TryParse(ReadOnlySpan<byte> username, out IceUsername result)
    {
        result = default;
        var colon = username.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        var local = username[..colon];
        var remote = username[(colon + 1)..];
        var slash = local.IndexOf((byte)'/');
        if (slash <= 0 || !IceSyntax.IsUfrag(remote))
        {
            return false;
        }

        var digits = local[(slash + 1)..];
        if (digits.IsEmpty
            || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || (digits[0] == '0' && digits.Length > 1)
            || !Utf8Parser.TryParse(digits, out int generation, out var consumed)
            || consumed != digits.Length)
        {
            return false;
        }

        result = new IceUsername(local[..slash], generation, remote);
        return true;
    }
}
