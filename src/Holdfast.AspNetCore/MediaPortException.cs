using System.Net.Sockets;

namespace Holdfast.AspNetCore;

/// <summary>The server cannot listen for media as it is set up to; the message is one sentence that names the setting.</summary>
public sealed class MediaPortException : Exception
{
    internal MediaPortException(HoldfastRtcOptions options, SocketException cause)
        : base(Explain(options, cause), cause)
    {
    }

    internal MediaPortException(int port, int held)
        : base($"Holdfast:Rtc:Port: UDP port {held} was handed over (LISTEN_FDS), and {port} is set; make them the same.")
    {
    }

    private static string Explain(HoldfastRtcOptions options, SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"Holdfast:Rtc:Port: UDP port {options.Port} is taken by another program; choose another with --Holdfast:Rtc:Port=N.",
        SocketError.AddressNotAvailable => $"Holdfast:Rtc:BindAddress: this machine does not have the address {options.BindAddress}.",
        SocketError.AccessDenied => $"Holdfast:Rtc:Port: this user may not listen at UDP port {options.Port}; choose one above 1023.",
        _ => $"Holdfast:Rtc: UDP port {options.Port} cannot be opened: {cause.Message}.",
    };
}
