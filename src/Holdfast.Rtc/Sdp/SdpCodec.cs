namespace Holdfast.Rtc.Sdp;

/// <summary>One payload type of an m-line, with what is said about it.</summary>
internal sealed class SdpCodec
{
    /// <summary>The payload type, 0 to 127.</summary>
    public required byte PayloadType { get; init; }

    /// <summary>The encoding's name, as offered; names are compared without regard to case.</summary>
    public string Name { get; set; } = "";

    /// <summary>Units a second of the RTP clock.</summary>
    public int ClockRate { get; set; }

    /// <summary>Channels of sound; 1 where nothing is said.</summary>
    public int Channels { get; set; } = 1;

    /// <summary>The value of <c>a=fmtp</c> after the payload type.</summary>
    public string Parameters { get; set; } = "";

    /// <summary>The values of <c>a=rtcp-fb</c> after the payload type, also of those for all ("*").</summary>
    public List<string> Feedback { get; } = [];

    /// <summary>Whether this is an encoding.</summary>
    public bool Is(string name, int clockRate, int channels = 1) =>
        ClockRate == clockRate && Channels == channels && string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A format parameter "name=value", or null.</summary>
    public string? Parameter(string name)
    {
        foreach (var range in Parameters.AsSpan().Split(';'))
        {
            var item = Parameters.AsSpan(range).Trim();
            var equals = item.IndexOf('=');
            if (equals > 0 && item[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return item[(equals + 1)..].TrimStart().ToString();
            }
        }

        return null;
    }
}
