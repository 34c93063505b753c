using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>The settings of recordings, under <c>Holdfast:Recording</c>.</summary>
public sealed class RecordingOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Recording";

    /// <summary>Whether sessions can be recorded by their owners. True by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The directory for recordings. Two servers must not share one. By default it is <c>recordings-</c> and the media port, beside the database of kept sessions; a server
    /// whose media port is 0 records only if this is set.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>Minutes a recording lasts at the most. 240 by default.</summary>
    [Range(1, 43_200)]
    public int MaxMinutes { get; set; } = 240;

    /// <summary>Megabytes of the disk that recordings leave free: the one that would take them ends. 500 by default.</summary>
    [Range(0, 1_000_000_000)]
    public int KeepFreeMegabytes { get; set; } = 500;

    /// <summary>The program that makes MP4 of a recording. <c>ffmpeg</c> by default; where it is missing, recordings are WebM only.</summary>
    public string Ffmpeg { get; set; } = "ffmpeg";
}

[OptionsValidator]
internal sealed partial class RecordingOptionsValidator : IValidateOptions<RecordingOptions>;
