using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Recording;

/// <summary>What is streamed where: one stream of a session to a target at a time.</summary>
internal sealed class PushStore(IOptions<PushOptions> options, RtcEndpoint endpoint, TimeProvider time, ILogger<SessionPush> logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<SessionPush> _pushes = [];
    private readonly Lazy<WhipClient> _whip = new(static () => new WhipClient());

    /// <summary>Whether there is a target of this name.</summary>
    public bool Knows(string target) => options.Value.Targets.ContainsKey(target);

    /// <summary>Those of a session that are not over.</summary>
    public IReadOnlyList<SessionPush> Of(Session session)
    {
        lock (_gate)
        {
            _pushes.RemoveAll(static push => push.State == PushState.Ended);
            return [.. _pushes.Where(push => ReferenceEquals(push.Session, session))];
        }
    }

    /// <summary>Begins to stream a session; where that goes on already, tells of it.</summary>
    /// <returns>Null where there is nothing to stream: before the first connection, or after the end.</returns>
    public SessionPush? Start(Session session, string target)
    {
        lock (_gate)
        {
            if (Of(session).FirstOrDefault(push => string.Equals(push.Target, target, StringComparison.Ordinal)) is { } known)
            {
                return known;
            }

            var push = Create(session, target);
            if (!session.TryAddOutput(push) || session.VideoFormat is not { } video)
            {
                return null;
            }

            _pushes.Add(push);
            push.Start(video);
            return push;
        }
    }

    /// <summary>Ends a stream, and waits until the program has.</summary>
    public async Task StopAsync(SessionPush push)
    {
        push.Session.RemoveOutput(push);
        push.OnEnded();
        await push.Completion.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        SessionPush[] all;
        lock (_gate)
        {
            all = [.. _pushes];
        }

        foreach (var push in all)
        {
            push.OnEnded();
        }

        await Task.WhenAll(all.Select(static push => push.Completion)).ConfigureAwait(false);
        if (_whip.IsValueCreated)
        {
            _whip.Value.Dispose();
        }
    }

    private SessionPush Create(Session session, string target) =>
        new Uri(options.Value.Targets[target]) is var address && PushTargetsValidator.IsWhip(address)
            ? new WhipPush(session, target, address, options.Value.Tokens.TryGetValue(target, out var token) ? token : null, _whip.Value, endpoint, time, logger)
            : new RtmpPush(session, target, options.Value, time, logger);
}
