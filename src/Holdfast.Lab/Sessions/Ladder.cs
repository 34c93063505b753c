using Holdfast.Rtc;

namespace Holdfast.Lab.Sessions;

/// <summary>How a session came back, or did not.</summary>
/// <param name="Level">The level that did it: 0 where the path had healed by itself meanwhile; null where none did.</param>
/// <param name="Took">From the click to the first picture that could be shown.</param>
/// <param name="Tried">Each level that was tried, with what it came to.</param>
internal sealed record Recovery(int? Level, TimeSpan Took, IReadOnlyList<LadderStep> Tried)
{
    public bool Succeeded => Level is not null;

    /// <summary>Why the last step failed; null where one succeeded.</summary>
    public string? Problem => Succeeded ? null : Tried[^1].Problem;
}

/// <summary>One try.</summary>
/// <param name="Level">Which.</param>
/// <param name="Took">How long it was tried.</param>
/// <param name="Problem">Why it failed; null where it succeeded.</param>
internal sealed record LadderStep(int Level, TimeSpan Took, string? Problem);

/// <summary>
/// The way back (docs/protocol.md): level 1 by a self-made answer for 1.5 s, level 2 by an ICE restart through HTTP for 3 s, level 3 by a
/// new connection for 10 s. A level has succeeded when media really arrives, and not before.
/// </summary>
internal sealed class Ladder(LabSession session)
{
    private readonly RtcTime _clicked = session.Host.Clock.Now;
    private bool _isAnswered;

    private static TimeSpan LimitOf(int level) => level switch
    {
        1 => TimeSpan.FromSeconds(1.5),
        2 => TimeSpan.FromSeconds(3),
        3 => TimeSpan.FromSeconds(10),
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "There are the levels 1, 2 and 3."),
    };

    public async Task<Recovery> ClimbAsync(int firstLevel, CancellationToken cancellationToken)
    {
        var tried = new List<LadderStep>();
        foreach (var level in session.Service.Levels.Where(level => level >= firstLevel))
        {
            var began = session.Host.Clock.Now;
            var (cameBackBy, at, problem) = await TryAsync(level, cancellationToken);
            tried.Add(new LadderStep(level, session.Host.Clock.Now - began, problem));
            if (at is { } picture)
            {
                return new Recovery(cameBackBy, picture - _clicked, tried);
            }
        }

        return new Recovery(null, session.Host.Clock.Now - _clicked, tried);
    }

    private async Task<(int Level, RtcTime? At, string? Problem)> TryAsync(int level, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = session.Host.Clock.Time.CreateTimer(_ => limit.Cancel(), null, LimitOf(level), Timeout.InfiniteTimeSpan);
        _isAnswered = false;
        try
        {
            return level switch
            {
                1 => await RestartAloneAsync(limit.Token),
                2 => await RestartAsync(limit.Token),
                _ => await ConnectAgainAsync(limit.Token),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (level, null, $"{Missing(level)} within {LimitOf(level).TotalSeconds:0.#} s");
        }
        catch (ServerException e)
        {
            return (level, null, e.Message);
        }
    }

    private async Task<(int Level, RtcTime? At, string? Problem)> RestartAloneAsync(CancellationToken cancellationToken)
    {
        var ticket = session.Ticket;
        if (ticket.Tag is null)
        {
            return (1, null, "the server gave no secret for self-made answers");
        }

        session.Line.With((peer, now) => peer.RestartAlone(now, ticket.Tag, ticket.Secret.Span));
        _isAnswered = true;
        return await PathPictureAsync(1, cancellationToken);
    }

    private async Task<(int Level, RtcTime? At, string? Problem)> RestartAsync(CancellationToken cancellationToken)
    {
        var offer = session.Line.With((peer, _) => peer.OfferRestart());
        var answer = await session.Service.RestartAsync(session.Ticket, offer, cancellationToken);
        _isAnswered = true;
        var error = session.Line.With((peer, now) => peer.TryAcceptRestart(now, answer, out var why) ? null : why);
        return error is null ? await PathPictureAsync(2, cancellationToken) : (2, null, error);
    }

    /// <summary>The first picture on the path; one that came before the restart was answered came over the old path, which had healed.</summary>
    private async Task<(int Level, RtcTime? At, string? Problem)> PathPictureAsync(int level, CancellationToken cancellationToken)
    {
        var at = await session.NextPictureAsync(_clicked, Timeout.InfiniteTimeSpan, cancellationToken);
        var confirmed = session.Line.With((peer, _) => peer.Ice.ConfirmedAt);
        return (confirmed is { } since && since <= at ? level : 0, at, null);
    }

    private async Task<(int Level, RtcTime? At, string? Problem)> ConnectAgainAsync(CancellationToken cancellationToken)
    {
        var line = await session.ConnectAgainAsync(cancellationToken);
        _isAnswered = true;
        RtcTime? at = null;
        try
        {
            await line.WaitAsync(
                (peer, _) =>
                {
                    at = peer.Media?.Video.Last?.At;
                    return at is not null;
                },
                Timeout.InfiniteTimeSpan,
                cancellationToken);
        }
        finally
        {
            if (at is null)
            {
                await line.DisposeAsync(silently: true);
            }
        }

        await session.ReplaceLineAsync(line);
        return (3, at, null);
    }

    /// <summary>What a level that ran out of time was still waiting for.</summary>
    private string Missing(int level) => !_isAnswered ? "the server did not answer"
        : level == 3 ? "no picture came over the new connection"
        : session.Line.With((peer, _) => peer.Ice.IsConfirmed) ? "the path was there, but no picture came"
        : "no check was answered";
}
