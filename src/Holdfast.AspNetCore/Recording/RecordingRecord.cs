using System.Text.Json.Serialization;

namespace Holdfast.AspNetCore.Recording;

/// <summary>Why a recording ended.</summary>
internal enum RecordingEnd
{
    /// <summary>Its owner stopped it.</summary>
    Stopped,

    /// <summary>Its session ended.</summary>
    SessionEnded,

    /// <summary>The server stopped, or was killed: what was recorded until then is there.</summary>
    ServerStopped,

    /// <summary>The disk is full, but for what is to stay free.</summary>
    DiskFull,

    /// <summary>It lasted as long as one may.</summary>
    TooLong,

    /// <summary>The file could not be written, or the session did not hand anything on.</summary>
    Failed,
}

/// <summary>What is known of a recording, as it lies beside the file.</summary>
internal sealed record RecordingRecord
{
    /// <summary>128 random bits: whoever knows it may have the file.</summary>
    public required string Id { get; init; }

    public required long SessionId { get; init; }

    /// <summary>Whether knowing the session's id is enough, in LiveTalking's API.</summary>
    public bool AnswersToId { get; init; }

    public required string Avatar { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public RecordingEnd? End { get; init; }

    public double Seconds { get; init; }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RecordingRecord))]
internal sealed partial class RecordingJson : JsonSerializerContext;
