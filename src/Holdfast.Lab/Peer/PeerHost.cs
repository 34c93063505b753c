using System.Collections.Concurrent;
using System.Net;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Lab.Peer;

/// <summary>
/// What all peers of a process share: the clock, the certificate, the threads that handshakes block, and one loop that drives
/// everybody's time. There is no thread and no timer for a single peer.
/// </summary>
/// <remarks>
/// Each peer has a socket of its own, since a server tells its clients apart by their addresses and not by anything in a media
/// packet: two peers cannot share a port.
/// </remarks>
internal sealed class PeerHost : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly HandshakeThreads _threads;
    private readonly ConcurrentDictionary<PeerLine, byte> _lines = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    /// <param name="time">The clock.</param>
    /// <param name="handshakes">Handshakes at a time; each occupies a thread for as long as it takes.</param>
    public PeerHost(TimeProvider time, int handshakes = 1024)
    {
        Clock = new LabClock(time);
        _threads = new HandshakeThreads(handshakes);
        Certificate = DtlsCertificate.Create(Clock.Now);
        _loop = DriveAsync();
    }

    public LabClock Clock { get; }

    public DtlsCertificate Certificate { get; }

    /// <summary>The network in which the peers' sockets are, as <c>ip netns</c> knows it; null: this process's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>Opens a socket with a new peer.</summary>
    /// <param name="naming">Whether and how its offer names where it is.</param>
    /// <param name="speaks">Whether it has a microphone.</param>
    public PeerLine Open(CandidateNaming naming = CandidateNaming.None, bool speaks = false)
    {
        var line = new PeerLine(this, naming, speaks);
        _lines.TryAdd(line, 0);
        return line;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        foreach (var line in _lines.Keys)
        {
            await line.DisposeAsync();
        }

        _threads.Dispose();
        _stopping.Dispose();
    }

    internal ClientPeer CreatePeer(IReadOnlyList<EndPoint> ownCandidates, Action onProgress, bool speaks) =>
        new(_threads, Certificate, Clock.Now, ownCandidates, onProgress, speaks);

    internal void Forget(PeerLine line) => _lines.TryRemove(line, out _);

    private async Task DriveAsync()
    {
        using var timer = new PeriodicTimer(Tick, Clock.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var now = Clock.Now;
                foreach (var (line, _) in _lines)
                {
                    line.Drive(now);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host is disposed.
        }
    }
}
