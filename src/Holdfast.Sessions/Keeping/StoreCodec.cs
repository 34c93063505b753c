using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>That a process is alive, and until when another one may go on with its connections.</summary>
/// <param name="At">When it was.</param>
/// <param name="Until">Until when.</param>
/// <param name="IsClean">Whether it wrote this as its last.</param>
internal sealed record AliveRecord(RtcTime At, RtcTime Until, bool IsClean);

/// <summary>Turns what is kept into bytes and back, encrypted where that is wanted. Whatever the bytes are, reading them never throws.</summary>
internal sealed class StoreCodec(ISessionProtection? protection)
{
    public byte[] Write(SessionRecord record) => Close(SessionRecordFormat.Write(record));

    public byte[] Write(IReadOnlyList<JournalEntry> entries) => Close(SessionRecordFormat.Write(entries));

    public byte[] Write(AliveRecord alive) => Close(JsonSerializer.SerializeToUtf8Bytes(alive, SessionRecordJson.Default.AliveRecord));

    public byte[] Write(string text) => Close(Encoding.UTF8.GetBytes(text));

    public byte[] Write(ReadOnlyMemory<byte> data) => Close(data.Span);

    public bool TryOpen(ReadOnlyMemory<byte> data, out ReadOnlyMemory<byte> open)
    {
        if (protection is null)
        {
            open = data;
            return true;
        }

        var isOpen = protection.TryUnprotect(data.Span, out var bytes);
        open = bytes;
        return isOpen;
    }

    public bool TryRead(ReadOnlyMemory<byte> data, out ReadOnlyMemory<byte> open) => TryOpen(data, out open);

    public bool TryRead(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out string? text)
    {
        text = TryOpen(data, out var open) ? Encoding.UTF8.GetString(open.Span) : null;
        return text is not null;
    }

    public bool TryRead(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out IReadOnlyList<JournalEntry>? entries)
    {
        entries = null;
        return TryOpen(data, out var open) && SessionRecordFormat.TryRead(open.Span, out entries);
    }

    public bool TryRead(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out AliveRecord? alive)
    {
        alive = null;
        if (TryOpen(data, out var open))
        {
            try
            {
                alive = JsonSerializer.Deserialize(open.Span, SessionRecordJson.Default.AliveRecord);
            }
            catch (JsonException)
            {
                // It was another program's.
            }
        }

        return alive is not null;
    }

    private byte[] Close(ReadOnlySpan<byte> data) => protection?.Protect(data) ?? data.ToArray();
}
