using System.Net;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Words;
using Holdfast.Rtc;

namespace Holdfast.Lab.Sessions;

/// <summary>How a session is started.</summary>
internal sealed record LabSessionOptions
{
    /// <summary>The grace period to ask for; null: the server's.</summary>
    public int? GraceSeconds { get; init; }

    /// <summary>Where media is to be sent instead of the answer's candidates, such as a relay.</summary>
    public Func<ServerAnswer, IPEndPoint>? Via { get; init; }

    /// <summary>Gets the sound of all connections; null: nobody listens.</summary>
    public SoundRecorder? Recorder { get; init; }

    /// <summary>Whether it has a microphone.</summary>
    public bool Speaks { get; init; }

    /// <summary>Whether signs of life are given.</summary>
    public bool Heartbeats { get; init; } = true;
}

/// <summary>How long a start took, each from the moment of the click.</summary>
internal sealed record SetUpTimes(TimeSpan Answered, TimeSpan PathConfirmed, TimeSpan Secured, TimeSpan FirstPicture);

/// <summary>
/// A person's session, as their browser keeps it: starts it, gives signs of life, loses its network, comes back by the ladder. The
/// session's id stays the same through all of it.
/// </summary>
internal sealed class LabSession : IAsyncDisposable
{
    private static readonly TimeSpan SetUpLimit = TimeSpan.FromSeconds(15);

    private readonly PeerHost _host;
    private readonly ISessionService _service;
    private readonly LabSessionOptions _options;
    private readonly string _client = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stopping = new();
    private readonly IPAddress? _preferred;
    private PeerLine _line;
    private SessionTicket? _ticket;
    private Task _heart = Task.CompletedTask;
    private LineCut _cut;
    private MediaTotals _before = MediaTotals.None;

    private LabSession(PeerHost host, ISessionService service, LabSessionOptions options)
    {
        (_host, _service, _options) = (host, service, options);
        _preferred = AddressOf(service.Address);
        _line = OpenLine();
    }

    /// <summary>What the server gave.</summary>
    public SessionTicket Ticket => _ticket ?? throw new InvalidOperationException("The session is not started.");

    /// <summary>The connection of the moment.</summary>
    public PeerLine Line => _line;

    public PeerHost Host => _host;

    public ISessionService Service => _service;

    /// <summary>Signs of life that were sent and not answered.</summary>
    public int HeartbeatsMissed { get; private set; }

    /// <summary>Starts one; the time begins now.</summary>
    /// <exception cref="ServerException">The server refuses, or the media does not come.</exception>
    public static async Task<(LabSession Session, SetUpTimes Times)> StartAsync(
        PeerHost host, ISessionService service, LabSessionOptions options, CancellationToken cancellationToken)
    {
        var clicked = host.Clock.Now;
        var session = new LabSession(host, service, options);
        try
        {
            var times = await session.StartAsync(clicked, cancellationToken);
            return (session, times);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>What arrived over all connections of the session.</summary>
    public MediaTotals Totals() => _before + MediaTotals.Of(_line);

    /// <summary>Loses the network, or has it back.</summary>
    public void Cut(LineCut cut)
    {
        _cut = cut;
        _line.Cut = cut;
        _line.With((peer, _) => peer.Media?.Video.Freezes.Interrupt());
    }

    /// <summary>
    /// Comes back: begins at a level of the ladder and climbs until media really arrives. The network must be there.
    /// </summary>
    public Task<Recovery> RecoverAsync(int firstLevel, CancellationToken cancellationToken) =>
        new Ladder(this).ClimbAsync(firstLevel, cancellationToken);

    /// <summary>Waits until a picture is there that arrived after an instant; null where there is none within the limit.</summary>
    public async Task<RtcTime?> NextPictureAsync(RtcTime after, TimeSpan limit, CancellationToken cancellationToken)
    {
        RtcTime? at = null;
        var line = _line;
        await line.WaitAsync(
            (peer, _) =>
            {
                at = peer.Media?.Video.Last is { } last && last.At > after ? last.At : null;
                return at is not null;
            },
            limit,
            cancellationToken);
        return at;
    }

    /// <summary>Ends the session as a person does who clicks on stop.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_ticket is not null)
        {
            await _service.CloseAsync(_ticket, cancellationToken);
        }
    }

    /// <summary>Leaves without a word: the server keeps the session.</summary>
    public ValueTask VanishAsync() => DisposeAsync(silently: true);

    public ValueTask DisposeAsync() => DisposeAsync(silently: false);

    /// <summary>Level 3: a new peer on a new socket, which takes over when its media arrives.</summary>
    internal async Task<PeerLine> ConnectAgainAsync(CancellationToken cancellationToken)
    {
        var line = OpenLine();
        try
        {
            line.Cut = _cut;
            var offer = line.With((peer, _) => peer.Offer);
            _ticket = await _service.ReconnectAsync(Ticket, offer, _client, cancellationToken);
            Accept(line, _ticket.Answer);
            return line;
        }
        catch
        {
            await line.DisposeAsync(silently: true);
            throw;
        }
    }

    /// <summary>Goes on with another connection.</summary>
    internal async Task ReplaceLineAsync(PeerLine line)
    {
        var old = _line;
        _before += MediaTotals.Of(old);
        _line = line;
        await old.DisposeAsync(silently: true);
    }

    private static IPAddress? AddressOf(Uri address) => address.IsLoopback
        ? IPAddress.Loopback
        : IPAddress.TryParse(address.DnsSafeHost, out var literal) ? literal : null;

    private async Task<SetUpTimes> StartAsync(RtcTime clicked, CancellationToken cancellationToken)
    {
        var offer = _line.With((peer, _) => peer.Offer);
        _ticket = await _service.CreateAsync(offer, _options.GraceSeconds, cancellationToken);
        var answered = _host.Clock.Now;
        Accept(_line, _ticket.Answer);
        var picture = await NextPictureAsync(clicked, SetUpLimit, cancellationToken);
        var (confirmed, secured, end) = _line.With((peer, _) => (peer.Ice.ConfirmedAt, peer.ConnectedAt, peer.End));
        if (picture is null || confirmed is null || secured is null)
        {
            var stage = confirmed is null ? "no address of its answer replied over UDP (a firewall, or a wrong AnnouncedAddresses?)"
                : secured is null ? $"the DTLS handshake did not come to an end ({end?.ToString() ?? "no answer"})"
                : "the connection stands but no picture arrived";
            throw new ServerException(
                ServerFailure.Refused, $"The server answered, but within {SetUpLimit.TotalSeconds:0} s {stage}.");
        }

        if (_options.Heartbeats)
        {
            _heart = BeatAsync(_stopping.Token);
        }

        return new SetUpTimes(answered - clicked, confirmed.Value - clicked, secured.Value - clicked, picture.Value - clicked);
    }

    private void Accept(PeerLine line, string sdp)
    {
        IPEndPoint? via = null;
        if (_options.Via is not null && ServerAnswer.TryParse(sdp, out var answer, out _))
        {
            via = _options.Via(answer);
        }

        var error = line.With((peer, now) => peer.TryAccept(now, sdp, via, _preferred, out var why) ? null : why);
        if (error is not null)
        {
            throw new ServerException(ServerFailure.NotUnderstood, error);
        }
    }

    private PeerLine OpenLine()
    {
        var line = _host.Open(_service.Naming, _options.Speaks);
        if (_options.Recorder is { } recorder)
        {
            line.With((peer, _) => peer.OnSound = recorder.Begin());
        }

        return line;
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _host.Clock.Delay(Ticket.Heartbeat, cancellationToken);
                if (_cut != LineCut.None)
                {
                    // Without a network there is no HTTP either.
                    continue;
                }

                try
                {
                    await _service.HeartbeatAsync(Ticket, cancellationToken);
                }
                catch (ServerException)
                {
                    HeartbeatsMissed++;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The session is left.
        }
    }

    private async ValueTask DisposeAsync(bool silently)
    {
        await _stopping.CancelAsync();
        await _heart;
        await _line.DisposeAsync(silently);
        _stopping.Dispose();
    }
}
