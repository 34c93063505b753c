using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <content>What is written, and what was.</content>
public sealed partial class SessionKeeper
{
    /// <summary>A journal in more pieces than this is written as one.</summary>
    private const int MostPieces = 32;

    /// <summary>One that does not answer must not hold up the others.</summary>
    private static readonly TimeSpan MaxCapturing = TimeSpan.FromSeconds(1);

    private bool _isLost;

    /// <summary>Writes down what has changed: of those who were promised something, or of all. Never throws.</summary>
    internal async Task WriteAsync(bool isAll)
    {
        List<Promise> promises;
        lock (_gate)
        {
            (promises, _promises) = (_promises, []);
        }

        var batch = new Batch();
        try
        {
            var now = _endpoint.Now;
            foreach (var session in isAll ? _sessions.Live : promises.Select(static promise => promise.Session).Distinct())
            {
                await CollectAsync(session, batch, isUrgent: !isAll).ConfigureAwait(false);
            }

            CollectEnded(batch, isAll ? null : promises.Select(static promise => promise.Session.Id.Value));
            if (isAll || batch.Changes.Count > 0)
            {
                await CommitAsync(batch, new AliveRecord(now, now + Term, IsClean: false)).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            OnFailed(exception);
        }

        foreach (var promise in promises)
        {
            promise.Done.TrySetResult();
        }
    }

    /// <summary>The last write: every session as another process is to find it.</summary>
    /// <param name="farewell">How long they are played on here; zero: they are not.</param>
    private async Task GiveAwayAsync(TimeSpan farewell)
    {
        var batch = new Batch();
        var captures = await _sessions.PutAsideAllAsync(
            session => _written.TryGetValue(session.Id.Value, out var written) ? written.JournalUpTo : 0,
            _keepsConnections,
            farewell).ConfigureAwait(false);
        foreach (var (session, capture) in captures)
        {
            Collect(session.Id.Value, capture, _written.GetValueOrDefault(session.Id.Value) ?? new Written(), batch);
        }

        var kept = captures.Select(static one => one.Session.Id).ToHashSet();
        CollectEnded(batch, ids: null);
        var isSafe = false;
        try
        {
            var now = _endpoint.Now;
            await CommitInTimeAsync(batch, new AliveRecord(now, now + TermAfterStop, IsClean: true)).ConfigureAwait(false);
            isSafe = true;
            LogKept(kept.Count);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotGivenAway(kept.Count, exception);
        }

        _sessions.TellKept(isSafe ? kept : []);
    }

    /// <summary>
    /// What takes too long is given up. It is told so from here and not by a timer: a store of the app's may fail at that, and on a timer's
    /// thread an exception that nobody catches ends the process.
    /// </summary>
    private async Task CommitInTimeAsync(Batch batch, AliveRecord alive)
    {
        using var late = new CancellationTokenSource();
        using var inTime = new CancellationTokenSource();
        var deadline = Task.Delay(MaxWaiting, _time, inTime.Token);
        var commit = CommitAsync(batch, alive, late.Token);
        if (await Task.WhenAny(commit, deadline).ConfigureAwait(false) == deadline)
        {
            await late.CancelAsync().ConfigureAwait(false);
            throw new TimeoutException("The store took too long.");
        }

        await inTime.CancelAsync().ConfigureAwait(false);
        await commit.ConfigureAwait(false);
    }

    private async Task CollectAsync(Session session, Batch batch, bool isUrgent)
    {
        try
        {
            var id = session.Id.Value;
            var written = _written.GetValueOrDefault(id) ?? new Written();
            var revision = session.Revision;
            var news = session.Companion?.Revision ?? 0;
            if (!isUrgent && written.Revision == revision && written.News == news && !session.IsSaying && session.Connection is not { WantsReservation: true })
            {
                return;
            }

            // In one piece again, now and then.
            var isWhole = written.Pieces.Count >= MostPieces;
            if (session.Capture(isWhole ? 0 : written.JournalUpTo, _keepsConnections) is not { } capture)
            {
                return;
            }

            if (session.Companion is { } companion && (written.JournalUpTo != capture.Record.Journal.Last || written.News != news))
            {
                capture = capture with
                {
                    Record = capture.Record with { Companion = await companion.CaptureAsync().WaitAsync(MaxCapturing, _time).ConfigureAwait(false) },
                };
            }

            Collect(id, capture, written with { Revision = revision, News = news }, batch, isWhole);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // One that fails must not take the others with it.
            LogNotWritten(session.Id, exception);
        }
    }

    private void Collect(long id, SessionCapture capture, Written written, Batch batch, bool isWhole = false)
    {
        var (record, changes) = (capture.Record, batch.Changes);
        if (isWhole)
        {
            changes.AddRange(written.Pieces.Select(piece => new StoredPart(id, piece, null)));
            written = written with { Pieces = [] };
        }

        if (record.Journal.Entries.Count > 0)
        {
            var piece = StoredParts.JournalFrom(record.Journal.Entries[0].Number);
            changes.Add(new StoredPart(id, piece, _codec.Write(record.Journal.Entries)));
            written = written with { Pieces = [.. written.Pieces, piece] };
        }

        if (record.Companion is { } companion && !string.Equals(companion, written.Companion, StringComparison.Ordinal))
        {
            changes.Add(new StoredPart(id, StoredParts.Companion, _codec.Write(companion)));
            written = written with { Companion = companion };
        }

        if (!record.Made.IsEmpty || written.HasMade)
        {
            changes.Add(new StoredPart(id, StoredParts.Made, record.Made.IsEmpty ? default(ReadOnlyMemory<byte>?) : _codec.Write(record.Made)));
            written = written with { HasMade = !record.Made.IsEmpty };
        }

        changes.Add(new StoredPart(id, StoredParts.Session, _codec.Write(record with { Companion = null, Journal = record.Journal with { Entries = [] } })));
        written = CollectConnection(id, capture, written, changes);
        batch.Written.Add((id, written with { JournalUpTo = record.Journal.Last }));
        if (capture is { Kept: not null, Connection: { } connection })
        {
            batch.Reserved.Add(connection);
        }
    }

    private Written CollectConnection(long id, SessionCapture capture, Written written, List<StoredPart> changes)
    {
        if (capture.Kept is not { } kept)
        {
            if (written.HasConnection)
            {
                changes.Add(new StoredPart(id, StoredParts.Keys, null));
                changes.Add(new StoredPart(id, StoredParts.Numbers, null));
            }

            return written with { HasConnection = false, Keys = default };
        }

        if (!kept.Keys.Equals(written.Keys))
        {
            changes.Add(new StoredPart(id, StoredParts.Keys, _codec.Write(kept.Keys)));
        }

        changes.Add(new StoredPart(id, StoredParts.Numbers, _codec.Write(kept.Numbers)));
        return written with { HasConnection = true, Keys = kept.Keys };
    }

    /// <summary>What is over need not be kept.</summary>
    private void CollectEnded(Batch batch, IEnumerable<long>? ids)
    {
        foreach (var id in (ids ?? _written.Keys).Distinct().ToArray())
        {
            if (_written.ContainsKey(id) && !_sessions.IsLive(id))
            {
                batch.Changes.Add(new StoredPart(id, "", null));
                batch.Ended.Add(id);
            }
        }
    }

    private async Task CommitAsync(Batch batch, AliveRecord alive, CancellationToken cancellationToken = default)
    {
        batch.Changes.Add(new StoredPart(0, StoredParts.Alive, _codec.Write(alive)));
        if (!_hasCertificate)
        {
            batch.Changes.Add(new StoredPart(0, StoredParts.Certificate, _codec.Write(_endpoint.ExportCertificate())));
        }

        // From the moment it may be on the disk, another process may go on with what it says.
        _endpoint.KeptUntil = alive.Until;
        try
        {
            await _store!.CommitAsync(batch.Changes, cancellationToken).ConfigureAwait(false);
        }
        catch (SessionStoreException)
        {
            // Nothing was written: what is on the disk is what was there before.
            _endpoint.KeptUntil = _durableUntil;
            throw;
        }

        (_durableUntil, _hasCertificate) = (alive.Until, true);
        batch.Reserved.ForEach(static connection => connection.OnKept());
        batch.Written.ForEach(written => _written[written.Id] = written.Written);
        batch.Ended.ForEach(id => _written.Remove(id));
        if (_problem is not null)
        {
            _problem = null;
            LogRecovered();
        }
    }

    private void OnFailed(Exception exception)
    {
        if (exception is SessionStoreException { Fault: SessionStoreFault.Taken })
        {
            _isLost = true;
            _isStopping = true;
            _problem = exception.Message;
            _endpoint.Fence();
            LogLost(exception.Message);
            Lost?.Invoke();
            return;
        }

        Fail(exception.Message);
    }

    /// <summary>What goes into one write, and what is known once it is done.</summary>
    private sealed class Batch
    {
        public List<StoredPart> Changes { get; } = [];

        public List<(long Id, Written Written)> Written { get; } = [];

        public List<long> Ended { get; } = [];

        public List<SessionConnection> Reserved { get; } = [];
    }

    /// <summary>What is in the store of a session.</summary>
    private sealed record Written
    {
        public SessionRevision Revision { get; init; } = new(-1, -1);

        public long JournalUpTo { get; init; }

        public long News { get; init; }

        public IReadOnlyList<string> Pieces { get; init; } = [];

        public string? Companion { get; init; }

        public bool HasConnection { get; init; }

        public bool HasMade { get; init; }

        public ReadOnlyMemory<byte> Keys { get; init; }
    }
}
