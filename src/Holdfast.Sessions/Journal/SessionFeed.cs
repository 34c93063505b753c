using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Holdfast.Sessions;

/// <summary>Something that happened in one of a server's sessions.</summary>
/// <param name="Session">In which.</param>
/// <param name="Entry">What, when, and its number in that session's journal.</param>
/// <param name="Missed">How many events this reader was too slow for, just before this one.</param>
public readonly record struct SessionNews(Session Session, JournalEntry Entry, long Missed);

/// <summary>
/// What happens in all sessions of a server, as it happens: created, connected, interrupted, held, said, heard, ended, in the words of
/// <see cref="SessionEvent"/>. What was in a journal before, such as over a restart, is not told again.
/// </summary>
/// <remarks>Who reads too slowly misses the oldest events, and is told how many. Nothing ever waits for a reader.</remarks>
public sealed class SessionFeed
{
    /// <summary>Events kept for a reader that does not come for them.</summary>
    public const int Kept = 4_096;

    private readonly Lock _gate = new();
    private volatile Reader[] _readers = [];
    private bool _isComplete;

    /// <summary>Reads from now on, until cancelled or the server has stopped. Any number may read at once, each at its own pace.</summary>
    public IAsyncEnumerable<SessionNews> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        // From the call on, and not from when somebody first asks for an event.
        var reader = new Reader();
        lock (_gate)
        {
            if (_isComplete)
            {
                reader.Channel.Writer.TryComplete();
            }

            _readers = [.. _readers, reader];
        }

        return ReadAsync(reader, cancellationToken);
    }

    /// <summary>Nothing happens any more: readers come to the end, after what they have not read yet.</summary>
    internal void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            foreach (var reader in _readers)
            {
                reader.Channel.Writer.TryComplete();
            }
        }
    }

    /// <summary>Tells of an event. May be called under a lock: nobody is called back.</summary>
    internal void Tell(Session session, in JournalEntry entry)
    {
        foreach (var reader in _readers)
        {
            reader.Write(session, entry);
        }
    }

    private async IAsyncEnumerable<SessionNews> ReadAsync(Reader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var news in reader.Channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return news with { Missed = reader.TakeMissed() };
            }
        }
        finally
        {
            lock (_gate)
            {
                _readers = [.. _readers.Where(other => other != reader)];
            }
        }
    }

    private sealed class Reader
    {
        private long _missed;

        public Reader() => Channel = System.Threading.Channels.Channel.CreateBounded<SessionNews>(
            new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, AllowSynchronousContinuations = false },
            _ => Interlocked.Increment(ref _missed));

        public Channel<SessionNews> Channel { get; }

        public void Write(Session session, in JournalEntry entry) => Channel.Writer.TryWrite(new SessionNews(session, entry, Missed: 0));

        public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);
    }
}
