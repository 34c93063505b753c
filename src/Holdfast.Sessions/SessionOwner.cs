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
/// <remarks>Not thread-safe; the session guards it.</remarks>
internal sealed class SessionOwner
{
    private ResumeTokenHash _current;
    private ResumeTokenHash? _next;
    private ResumeTokenHash? _last;

    public SessionOwner(ResumeTokenHash first) => _current = first;

    public SessionOwner(OwnerRecord record)
    {
        _current = ResumeTokenHash.Kept(record.Current);
        _next = record.Next is { } next ? ResumeTokenHash.Kept(next) : null;
        _last = record.Last is { } last ? ResumeTokenHash.Kept(last) : null;
    }

    /// <summary>Raised when what is kept of it is out of date.</summary>
    public int Version { get; private set; }

    /// <summary>What is kept of it.</summary>
    public OwnerRecord ToRecord() => new(_current.ToBytes(), _next?.ToBytes(), _last?.ToBytes());

    /// <summary>A new token was told to a client; earlier ones that were told and never used are void.</summary>
    public void Offer(ResumeTokenHash next) => _next = next;

    /// <summary>What a token is worth; showing the newest makes it the only one.</summary>
    public Ownership Of(string token)
    {
        if (_next is not null && _next.Matches(token))
        {
            (_last, _current, _next) = (_current, _next, null);
            Version++;
            return Ownership.Owner;
        }

        if (_current.Matches(token))
        {
            return Ownership.Owner;
        }

        return _last is not null && _last.Matches(token) ? Ownership.Replaced : Ownership.None;
    }
}
