using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Validation;

/// <summary>How a deployment is validated.</summary>
internal sealed record ValidationOptions
{
    /// <summary>The grace period of the session that is let expire, in seconds.</summary>
    public int GraceSeconds { get; init; } = 20;

    /// <summary>How long before and after the end of the grace period it is looked whether the session is there.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long pictures are counted for.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long the network stays away once the server has noticed.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long what is to be said may take to be heard.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pictures a second that must arrive.</summary>
    public double LeastPictures { get; init; } = 20;

    /// <summary>What is said in the first step.</summary>
    public string Text { get; init; } = "One, two, three. 一，二，三。";
}

/// <summary>
/// The five questions about a deployment: normal use, interruption, manual reconnect, grace period, and what the person is told.
/// The network is taken away at the peer's own socket, so that any server can be asked, and nobody else notices.
/// </summary>
internal sealed class Validator(PeerHost host, HoldfastService service, ValidationOptions options)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly Told _told = new();

    public async Task<ValidationReport> RunAsync(Action<string> onStep, Action<ValidationStep> onAnswer, CancellationToken cancellationToken)
    {
        (string Name, Func<Measured, CancellationToken, Task> Ask)[] questions =
        [
            ("Normal use", NormalUseAsync),
            ("Interruption", InterruptionAsync),
            ("Manual reconnect", ManualReconnectAsync),
            ("Grace period", GracePeriodAsync),
            ("Feedback to the person", FeedbackAsync),
        ];
        var steps = new List<ValidationStep>();
        foreach (var (name, ask) in questions)
        {
            onStep(name);
            var measured = new Measured();
            string? problem = null;
            try
            {
                await ask(measured, cancellationToken);
            }
            catch (Exception e) when (e is ValidationException or ServerException)
            {
                problem = e.Message;
            }

            var step = new ValidationStep(name, problem is null, measured.Lines, problem);
            steps.Add(step);
            onAnswer(step);
        }

        return new ValidationReport(service.Address.ToString(), host.Clock.Time.GetUtcNow(), steps);
    }

    private static void Require(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new ValidationException(otherwise);
        }
    }

    private static string Milliseconds(TimeSpan span) => span.TotalSeconds >= 10 ? $"{span.TotalSeconds:0.0} s" : $"{span.TotalMilliseconds:0} ms";

    private async Task NormalUseAsync(Measured measured, CancellationToken cancellationToken)
    {
        var (session, times) = await StartAsync(null, heartbeats: true, cancellationToken);
        await using var _ = session;
        measured.Add($"first picture {Milliseconds(times.FirstPicture)} after the click");
        using var inspector = new MediaInspector();
        session.Line.With((peer, _) => inspector.Attach(peer.Media!));

        // Decoding begins with the next key frame; an ICE restart brings one.
        Require((await session.RecoverAsync(1, cancellationToken)).Succeeded, "Media stopped after a restart of the path.");
        var before = session.Totals();
        var decodedBefore = session.Line.With((_, _) => inspector.Decoded);
        var began = host.Clock.Now;
        await host.Clock.Delay(options.Watch, cancellationToken);
        var seconds = (host.Clock.Now - began).TotalSeconds;
        var arrived = session.Totals() - before;
        var (decoded, moved, refused, size) = session.Line.With(
            (_, _) => (inspector.Decoded - decodedBefore, inspector.Moved, inspector.Refused, $"{inspector.Width}x{inspector.Height}"));
        measured.Add($"{decoded / seconds:0.0} pictures a second of {size}, decoded; {arrived.Freezes} freezes, {arrived.Lost} packets lost");
        Require(decoded / seconds >= options.LeastPictures, $"Only {decoded / seconds:0.0} pictures a second could be decoded; {options.LeastPictures:0} are expected.");
        Require(moved > 1, "The picture does not move.");
        Require(refused == 0, $"{refused} pictures could not be decoded.");

        session.Line.With((_, _) => inspector.ListenAnew());
        var said = host.Clock.Now;
        await service.SayAsync(session.Ticket, options.Text, key: null, cancellationToken);
        var heard = await session.Line.WaitAsync((_, _) => inspector.LoudPackets > 10, options.LongestSilence, cancellationToken);
        Require(heard, $"Nothing was heard within {options.LongestSilence.TotalSeconds:0} s of a text that was to be said.");
        measured.Add($"a text was heard {Milliseconds(session.Line.With((_, _) => inspector.HeardAt!.Value) - said)} after it was sent");
        var beat = await service.Api.HeartbeatAsync(long.Parse(session.Ticket.Id, System.Globalization.CultureInfo.InvariantCulture), session.Ticket.Token, cancellationToken);
        _told.States.Add(beat.State);
        Require(beat.State is "connected", $"The heartbeat is answered '{beat.State}' and not 'connected'.");
        measured.Add("heartbeats are answered");

        // Before the decoders are gone.
        await session.CloseAsync(cancellationToken);
        session.Line.With((peer, _) => (peer.Media!.Video.OnPicture, peer.Media.Audio.OnSound) = (null, null));
    }

    private async Task InterruptionAsync(Measured measured, CancellationToken cancellationToken)
    {
        var (session, _) = await StartAsync(null, heartbeats: true, cancellationToken);
        await using var __ = session;
        await SettleAsync(session, cancellationToken);
        var cut = host.Clock.Now;
        session.Cut(LineCut.Both);
        var noticed = await WaitForAsync(session, look => look.State is "interrupted" or "held", TimeSpan.FromSeconds(12), cancellationToken);
        Require(noticed is not null, "The server did not notice within 12 s that its client was gone.");
        measured.Add($"the server noticed after {Milliseconds(host.Clock.Now - cut)}: {noticed!.State}");
        Require(noticed.State is "interrupted", "The loss was noticed only when the connection was given up (held).");

        await host.Clock.Delay(options.Away, cancellationToken);
        var back = host.Clock.Now;
        session.Cut(LineCut.None);
        var picture = await session.NextPictureAsync(back, TimeSpan.FromSeconds(5), cancellationToken);
        Require(picture is not null, "No picture came within 5 s after the network was back.");
        var look = await WaitForAsync(session, look => look.State is "connected", TimeSpan.FromSeconds(5), cancellationToken);
        Require(look is not null, "The session was not connected again within 5 s after the network was back.");
        Require(look!.Generation == 0, "The session came back with another connection, which nobody asked for.");
        measured.Add($"it healed by itself: first picture {Milliseconds(picture!.Value - back)} after the network was back");
        await session.CloseAsync(cancellationToken);
    }

    private async Task ManualReconnectAsync(Measured measured, CancellationToken cancellationToken)
    {
        var (session, _) = await StartAsync(null, heartbeats: false, cancellationToken);
        await using var __ = session;
        var id = session.Ticket.Id;
        await SettleAsync(session, cancellationToken);
        session.Cut(LineCut.Both);
        var cut = host.Clock.Now;
        var held = await WaitForAsync(session, look => look.State is "held", TimeSpan.FromSeconds(30), cancellationToken);
        Require(held is not null, "The session was not held within 30 s after its client was gone.");
        measured.Add($"held after {Milliseconds(host.Clock.Now - cut)}, {held!.ExpiresInSeconds:0} s to come back");
        await host.Clock.Delay(TimeSpan.FromSeconds(1.5), cancellationToken);
        var later = await LookAsync(session, cancellationToken);
        _told.CountsDown = later.ExpiresInSeconds < held.ExpiresInSeconds && held.ExpiresInSeconds <= session.Ticket.Grace.TotalSeconds;

        foreach (var level in service.Levels)
        {
            session.Cut(LineCut.Both);
            await host.Clock.Delay(options.Away * 2 / 3, cancellationToken);
            session.Cut(LineCut.None);
            var recovery = await session.RecoverAsync(level, cancellationToken);
            Require(recovery.Succeeded, $"Beginning at level {level} the session did not come back: {recovery.Problem}.");
            measured.Add($"level {level}: first picture {Milliseconds(recovery.Took)} after the click{(recovery.Level == level ? "" : $", by level {recovery.Level}")}");
            await SettleAsync(session, cancellationToken);
        }

        var look = await LookAsync(session, cancellationToken);
        Require(look.State is "connected", $"After all that the session is '{look.State}'.");
        Require(string.Equals(session.Ticket.Id, id, StringComparison.Ordinal), "The session's id changed.");
        measured.Add("the same session id throughout");
        await session.CloseAsync(cancellationToken);
    }

    private async Task GracePeriodAsync(Measured measured, CancellationToken cancellationToken)
    {
        var (session, _) = await StartAsync(options.GraceSeconds, heartbeats: false, cancellationToken);
        await using var __ = session;
        var grace = session.Ticket.Grace;
        var margin = $"{options.Margin.TotalSeconds:0.#} s";
        Require(
            grace <= TimeSpan.FromSeconds(options.GraceSeconds),
            $"A grace period of {options.GraceSeconds} s was asked for and {grace.TotalSeconds:0} s were given.");
        await SettleAsync(session, cancellationToken);

        session.Cut(LineCut.Both);
        await host.Clock.Delay(grace - options.Margin, cancellationToken);
        session.Cut(LineCut.None);
        var inTime = await session.RecoverAsync(3, cancellationToken);
        Require(inTime.Succeeded, $"{margin} before the end of its grace period the session could not be come back to: {inTime.Problem}.");
        measured.Add($"{margin} before the end of {grace.TotalSeconds:0} s: back after {Milliseconds(inTime.Took)}");
        await SettleAsync(session, cancellationToken);

        session.Cut(LineCut.Both);
        await host.Clock.Delay(grace + options.Margin, cancellationToken);
        session.Cut(LineCut.None);
        try
        {
            var look = await service.LookAsync(session.Ticket, cancellationToken);
            throw new ValidationException($"{margin} after the end of its grace period the session is still there: {look.State}.");
        }
        catch (ServerException e) when (e.Failure == ServerFailure.Gone)
        {
            _told.End = e.Message;
        }

        var tooLate = await session.RecoverAsync(3, cancellationToken);
        Require(!tooLate.Succeeded, "The session could be come back to after its end.");
        measured.Add($"{margin} after the end: gone, and coming back is refused");
    }

    private async Task FeedbackAsync(Measured measured, CancellationToken cancellationToken)
    {
        string[] wanted = ["connected", "interrupted", "held"];
        var missing = wanted.Except(_told.States, StringComparer.Ordinal).ToArray();
        measured.Add($"states told: {string.Join(", ", wanted.Except(missing, StringComparer.Ordinal))}");
        Require(missing.Length == 0, $"These states were never told: {string.Join(", ", missing)}.");
        Require(_told.CountsDown, "The time that is left while a session is held does not count down.");
        measured.Add("the time that is left counts down");
        Require(!string.IsNullOrWhiteSpace(_told.End), "The end of a session is not explained.");
        measured.Add($"the end is explained: \"{_told.End}\"");
        var hasClient = await service.Api.HasAsync("holdfast/index.js", cancellationToken);
        Require(hasClient, "The browser client (/holdfast/index.js), which shows all this, is not served.");
        measured.Add("the browser client is served");
    }

    private async Task<(LabSession Session, SetUpTimes Times)> StartAsync(int? graceSeconds, bool heartbeats, CancellationToken cancellationToken) =>
        await LabSession.StartAsync(
            host, service, new LabSessionOptions { GraceSeconds = graceSeconds, Heartbeats = heartbeats }, cancellationToken);

    /// <summary>A second of undisturbed media, so that the server knows what is usual.</summary>
    private Task SettleAsync(LabSession session, CancellationToken cancellationToken)
    {
        var from = session.Totals().Pictures;
        return session.Line.WaitAsync((peer, _) => peer.Media is { } media && media.Video.Pictures > from + 20, TimeSpan.FromSeconds(2), cancellationToken);
    }

    private async Task<SessionLook> LookAsync(LabSession session, CancellationToken cancellationToken)
    {
        var look = await service.LookAsync(session.Ticket, cancellationToken);
        _told.States.Add(look.State);
        return look;
    }

    private async Task<SessionLook?> WaitForAsync(
        LabSession session, Func<SessionLook, bool> isSo, TimeSpan limit, CancellationToken cancellationToken)
    {
        var until = host.Clock.Now + limit;
        while (host.Clock.Now < until)
        {
            var look = await LookAsync(session, cancellationToken);
            if (isSo(look))
            {
                return look;
            }

            await host.Clock.Delay(Poll, cancellationToken);
        }

        return null;
    }

    private sealed class Measured
    {
        public List<string> Lines { get; } = [];

        public void Add(string line) => Lines.Add(line);
    }

    /// <summary>What the server told on the way, which is what a person can be shown.</summary>
    private sealed class Told
    {
        public HashSet<string> States { get; } = new(StringComparer.Ordinal);

        public bool CountsDown { get; set; }

        public string? End { get; set; }
    }
}
