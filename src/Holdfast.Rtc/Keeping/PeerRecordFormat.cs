using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Rtc.Keeping;

/// <summary>A connection's records as bytes: JSON. Whatever the bytes are, reading them never throws.</summary>
internal static class PeerRecordFormat
{
    /// <summary>More offers than this are not kept: in between some fall out.</summary>
    public const int MostOffers = 16;

    public static byte[] Write(PeerKeysRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, PeerRecordJson.Default.PeerKeysRecord);

    public static byte[] Write(PeerNumbersRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, PeerRecordJson.Default.PeerNumbersRecord);

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PeerKeysRecord? record)
    {
        record = Read(bytes, PeerRecordJson.Default.PeerKeysRecord);
        record = record is { Version: PeerKeysRecord.CurrentVersion, Offers.Count: > 0 and <= MostOffers } ? record : null;
        return record is not null;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PeerNumbersRecord? record)
    {
        record = Read(bytes, PeerRecordJson.Default.PeerNumbersRecord);
        record = record is { Version: PeerKeysRecord.CurrentVersion, Generation: >= 0 }
            && IsSound(record.Sound) && IsSound(record.Pictures) && IsSound(record.Repeats) && IsSound(record.Control)
            ? record
            : null;
        return record is not null;
    }

    private static bool IsSound(NumberRecord numbers) => numbers is { Next: >= 0 and < 1L << 48, Arrived: >= -1 } && numbers.Arrived < numbers.Next;

    private static T? Read<T>(ReadOnlySpan<byte> bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException or FormatException or NotSupportedException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PeerKeysRecord))]
[JsonSerializable(typeof(PeerNumbersRecord))]
internal sealed partial class PeerRecordJson : JsonSerializerContext;
