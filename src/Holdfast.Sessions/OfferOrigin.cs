namespace Holdfast.Sessions;

/// <summary>Whose offer it is: the user name and session id of the line <c>o=</c>, which stay the same for all offers of one RTCPeerConnection (RFC 9429, 5.2.1 and 5.2.2).</summary>
internal static class OfferOrigin
{
    /// <summary>Null where there is no such line.</summary>
    public static string? Of(string sdp)
    {
        foreach (var line in sdp.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith("o=", StringComparison.Ordinal))
            {
                continue;
            }

            var origin = line[2..];
            var afterName = origin.IndexOf(' ');
            var afterId = afterName < 0 ? -1 : origin[(afterName + 1)..].IndexOf(' ');
            return afterId <= 0 ? null : origin[..(afterName + 1 + afterId)].ToString();
        }

        return null;
    }
}
