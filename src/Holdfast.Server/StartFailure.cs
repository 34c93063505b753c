using System.Net.Sockets;
using System.Text.Json;
using Holdfast.AspNetCore;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Holdfast.Server;

/// <summary>The one clear line for a start that cannot succeed; anything unforeseen keeps its stack trace.</summary>
internal static class StartFailure
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>The sentence for a person, or null where the exception is not one of these.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException wrong => OneLine($"A setting is wrong: {string.Join(" ", wrong.Failures)}"),
        MediaPortException port => OneLine(port.Message),
        SessionStoreException store => OneLine($"Holdfast:Store: {store.Message}"),
        MissingNativeLibraryException missing => missing.Message,
        PlatformNotSupportedException when exception.Message.Contains("OpenSSL", StringComparison.Ordinal) =>
            "OpenSSL could not be loaded; .NET needs it to encrypt. On Debian or Ubuntu install the package libssl3 (Debian 13, Ubuntu 24.04: libssl3t64).",
        InvalidDataException unread => OneLine(WhereInFile(unread)),
        AddressInUseException or { InnerException: AddressInUseException } =>
            OneLine($"urls: {Sentence(exception.Message)} Choose another with --urls http://ADDRESS:PORT."),
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "urls: this machine does not have an address that HTTP is to be served at.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            "urls: this user may not serve HTTP at this port; take one above 1023, or give the right to (CAP_NET_BIND_SERVICE).",
        FormatException { StackTrace: { } trace } when trace.Contains("CommandLine", StringComparison.Ordinal) =>
            OneLine($"The command line: {Sentence(exception.Message)} Settings are written as --NAME=VALUE."),
        InvalidOperationException when exception.Message.Contains("No server certificate", StringComparison.Ordinal) =>
            "urls: https needs a certificate; name one with Kestrel:Certificates:Default:Path, or put a proxy in front that has one.",
        { StackTrace: { } trace } when trace.Contains(Kestrel, StringComparison.Ordinal) =>
            Short(OneLine($"HTTP cannot be served as urls or Kestrel in the settings say: {exception.Message}")),
        _ => null,
    };

    /// <summary>Which file cannot be read, and where in it.</summary>
    private static string WhereInFile(InvalidDataException unread)
    {
        for (var inner = unread.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is JsonException { LineNumber: { } line, BytePositionInLine: { } column })
            {
                return $"{Sentence(unread.Message)} It is not JSON: see line {line + 1}, byte {column + 1}.";
            }
        }

        return $"{Sentence(unread.Message)} {unread.InnerException?.Message}";
    }

    private static string Sentence(string text) => text.TrimEnd('.', ' ') + ".";

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd();
}
