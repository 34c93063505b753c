namespace Holdfast.Lab.Sessions;

// What docs/http-api.md says, as far as the lab needs it.

internal sealed record OfferBody(string Sdp, string Type, string? Avatar = null, int? GraceSeconds = null, string? Client = null);

internal sealed record Description(string Type, string Sdp);

internal sealed record IceSecrets(string Secret, string Tag);

/// <summary>What a new session's client was told.</summary>
internal sealed record CreatedSession(
    long SessionId, string ResumeToken, int Generation, Description Answer, IceSecrets Ice, string State, int GraceSeconds, int HeartbeatSeconds);

/// <summary>What a client that came back with a new connection was told.</summary>
internal sealed record NewConnection(int Generation, string ResumeToken, Description Answer, IceSecrets Ice);

internal sealed record RestartedPath(int Generation, Description Answer);

internal sealed record HeartbeatAnswer(string State, int Generation, double ExpiresInSeconds);

internal sealed record SessionLook(long SessionId, string State, int Generation, double ExpiresInSeconds, bool Speaking, int Queued);

internal sealed record SayBody(string Text, string Mode, string? Key = null);

/// <summary>A refusal as the server words it (RFC 9457).</summary>
internal sealed record Problem(string? Type, string? Title, string? Detail);

internal sealed record HealthAnswer(string? Status);

internal sealed record AboutServer(string? Version);
