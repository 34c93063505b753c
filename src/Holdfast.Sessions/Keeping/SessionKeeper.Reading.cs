using System.Diagnostics.CodeAnalysis;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <content>What another process left.</content>
public sealed partial class SessionKeeper
{
    private bool _hasCertificate;

    private void Read(IReadOnlyList<StoredPart> parts)
    {
        var server = parts.Where(static part => part.Session == 0).ToDictionary(static part => part.Name, static part => part.Data!.Value, StringComparer.Ordinal);
        var now = _endpoint.Now;
        var alive = server.TryGetValue(StoredParts.Alive, out var data) && _codec.TryRead(data, out AliveRecord? read) ? read : null;
        _durableUntil = alive?.Until ?? default;
        _hasCertificate = server.TryGetValue(StoredParts.Certificate, out var certificate)
            && _codec.TryRead(certificate, out ReadOnlyMemory<byte> exported)
            && _endpoint.TryUseCertificate(exported.Span);

        // Without the certificate's key the fingerprint in clients' hands is another server's.
        _prior = new PriorProcess(
            RtcTime.Min(alive?.At ?? default, now), alive is { IsClean: true }, alive is not null && now <= alive.Until && _hasCertificate && _keepsConnections);
        var found = new List<StoredSession>();
        foreach (var session in parts.Where(static part => part.Session != 0).GroupBy(static part => part.Session))
        {
            if (TryRead(session.Key, [.. session], out var stored, out var fault))
            {
                found.Add(stored);
            }
            else
            {
                LogUnreadable(session.Key, fault);
            }
        }

        _found = found;
    }

    private bool TryRead(long id, StoredPart[] parts, [NotNullWhen(true)] out StoredSession? stored, [NotNullWhen(false)] out string? fault)
    {
        stored = null;
        var byName = parts.ToDictionary(static part => part.Name, static part => part.Data!.Value, StringComparer.Ordinal);
        if (!byName.TryGetValue(StoredParts.Session, out var data) || !_codec.TryOpen(data, out var plain))
        {
            fault = "it is encrypted with keys that are not here";
            return false;
        }

        var entries = new List<JournalEntry>();
        string[] pieces = [.. byName.Keys.Where(static name => name.StartsWith(StoredParts.Journal, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        foreach (var piece in pieces)
        {
            if (_codec.TryRead(byName[piece], out IReadOnlyList<JournalEntry>? some))
            {
                entries.AddRange(some);
            }
        }

        var companion = byName.TryGetValue(StoredParts.Companion, out var left) && _codec.TryRead(left, out string? text) ? text : null;
        if (!SessionRecordFormat.TryRead(plain.Span, entries, companion, out var record, out fault))
        {
            return false;
        }

        if (record.Id != id)
        {
            fault = "it is another session's";
            return false;
        }

        var hasConnection = byName.TryGetValue(StoredParts.Keys, out var keys) & byName.TryGetValue(StoredParts.Numbers, out var numbers);
        var connection = hasConnection && _codec.TryOpen(keys, out var openKeys) && _codec.TryOpen(numbers, out var openNumbers)
            ? new KeptConnection(openKeys, openNumbers)
            : null;
        var hasMade = byName.TryGetValue(StoredParts.Made, out var sound);
        record = hasMade && _codec.TryOpen(sound, out var made) ? record with { Made = made } : record;
        stored = new StoredSession(record, connection);
        _written[id] = new Written { JournalUpTo = record.Journal.Last, Pieces = pieces, Companion = companion, HasConnection = hasConnection, HasMade = hasMade };
        return true;
    }
}
