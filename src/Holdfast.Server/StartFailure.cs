using System.Net.Sockets;
using Holdfast.Media;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Holdfast.Server;

/// <summary>The one clear line for a start that cannot succeed; anything unforeseen keeps its stack trace.</summary>
internal static class StartFailure
{
    /// <summary>The sentence for a person, or null where the exception is not one of these.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException wrong => $"A setting is wrong: {string.Join(" ", wrong.Failures)}",
        MissingNativeLibraryException missing => missing.Message,
        AddressInUseException or { InnerException: AddressInUseException } => $"The HTTP port is taken: {exception.Message}",
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            "The UDP port for media is taken; choose another with --Holdfast:Rtc:Port=N.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "This machine does not have the address of Holdfast:Rtc:BindAddress.",
        _ => null,
    };
}
