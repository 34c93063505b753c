namespace Holdfast.Sessions;

/// <summary>Whose session it is, from a token's point of view.</summary>
public enum Ownership
{
    /// <summary>The token says nothing about this session.</summary>
    None,

    /// <summary>The token was the owner's until another client came back with the session.</summary>
    Replaced,

    /// <summary>The token's holder is the owner.</summary>
    Owner,
}

/// <summary>
/// The resume tokens of one session, of which only hashes are kept. A new connection brings a new token; the one before
/// stays good until the new one is used, so that an answer that was lost on its way locks nobody out.
/// </summary>
internal sealed record SessionOwner
{
    private readonly ResumeTokenHash _current;
    private readonly ResumeTokenHash? _next;
    private readonly ResumeTokenHash? _last;

    public SessionOwner(ResumeTokenHash first) => _current = first;

    public SessionOwner(OwnerRecord record)
    {
        _current = ResumeTokenHash.Kept(record.Current);
        _next = record.Next is { } next ? ResumeTokenHash.Kept(next) : null;
        _last = record.Last is { } last ? ResumeTokenHash.Kept(last) : null;
    }

    private SessionOwner(ResumeTokenHash current, ResumeTokenHash? next, ResumeTokenHash? last) => (_current, _next, _last) = (current, next, last);

    /// <summary>What is kept of it.</summary>
    public OwnerRecord ToRecord() => new(_current.ToBytes(), _next?.ToBytes(), _last?.ToBytes());

    /// <summary>A new token was told to a client; earlier ones that were told and never used are void.</summary>
    public SessionOwner Offer(ResumeTokenHash next) => new(_current, next, _last);

    /// <summary>A token was shown: the newest becomes the only one by that. It is itself where that changes nothing.</summary>
    public SessionOwner Shown(ResumeTokenHash token) => IsNext(token) ? new(_next!, next: null, last: _current) : this;

    /// <summary>What a token is worth.</summary>
    public Ownership Of(ResumeTokenHash token) =>
        IsNext(token) || _current.Matches(token) ? Ownership.Owner
        : _last is not null && _last.Matches(token) ? Ownership.Replaced : Ownership.None;

    private bool IsNext(ResumeTokenHash token) => _next is not null && _next.Matches(token);
}
