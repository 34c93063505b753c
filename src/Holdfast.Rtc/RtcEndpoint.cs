using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Holdfast.Rtc;

/// <summary>The socket: routes datagrams to connections, drives their time, and is the only place where the wire does I/O.</summary>
public sealed class RtcEndpoint : IAsyncDisposable
{
    public RtcEndpoint(RtcEndpointOptions options, TimeProvider timeProvider, ILogger<RtcEndpoint> logger)
    {
        _ = options;
        _ = timeProvider;
        _ = logger;
        Candidates = [];
    }

    /// <summary>The UDP port, known once started.</summary>
    public int Port => throw new NotSupportedException();

    /// <summary>The addresses that answers name, the preferred first.</summary>
    public IReadOnlyList<IPEndPoint> Candidates { get; }

    /// <summary>Now, on the clock of the wire.</summary>
    public RtcTime Now => throw new NotSupportedException();

    /// <summary>The instant of a timestamp of the time provider.</summary>
    public RtcTime At(long timeProviderTimestamp) => throw new NotSupportedException();

    /// <summary>Opens the socket and begins to receive.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public void Start() => throw new NotSupportedException();

    /// <summary>Answers an offer with a new connection.</summary>
    /// <returns>False where the offer cannot be answered: <paramref name="error"/> is a sentence for a person.</returns>
    public bool TryAccept(
        RtcPeerOptions options,
        string offerSdp,
        IRtcConnectionObserver observer,
        [NotNullWhen(true)] out RtcConnection? connection,
        [NotNullWhen(false)] out string? error) => throw new NotSupportedException();

    /// <summary>What it has done since it started.</summary>
    public RtcEndpointStatistics GetStatistics() => throw new NotSupportedException();

    /// <summary>Closes all connections, then the socket.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
