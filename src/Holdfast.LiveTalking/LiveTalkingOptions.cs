namespace Holdfast.LiveTalking;

/// <summary>Settings of LiveTalking's API, under <c>Holdfast:LiveTalking</c>.</summary>
public sealed class LiveTalkingOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:LiveTalking";

    /// <summary>Whether the API that LiveTalking's clients call is there. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>A folder with pages written for LiveTalking, which are served before the server's own. Default: none.</summary>
    public string? PagesPath { get; set; }
}
