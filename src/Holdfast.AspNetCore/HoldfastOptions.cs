using System.ComponentModel.DataAnnotations;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>The settings of a Holdfast server, under <c>Holdfast</c> in the configuration.</summary>
/// <remarks>They stay at the edge: what is below gets immutable records made from them.</remarks>
public sealed class HoldfastOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast";

    /// <summary>The most that <see cref="MaxTextLength"/> may be.</summary>
    internal const int LongestText = 100_000;

    /// <summary>How many sessions there may be at once that were ever connected. 100 by default.</summary>
    [Range(1, 100_000)]
    public int MaxSessions { get; set; } = 100;

    /// <summary>How many more sessions may wait for their first connection. By default (0) a quarter of <see cref="MaxSessions"/>, and at least 64.</summary>
    [Range(0, 100_000)]
    public int MaxNegotiating { get; set; }

    /// <summary>
    /// How many of these may come from one address: one of IPv4, or the first 64 bits of one of IPv6. Loopback has no limit. 16 by default.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxNegotiatingPerAddress { get; set; } = 16;

    /// <summary>How many sessions of one address may be held without a connection before it gets no further one. 32 by default.</summary>
    [Range(1, 100_000)]
    public int MaxHeldPerAddress { get; set; } = 32;

    /// <summary>How many sessions one user may have at once, where who it is is known. 0, the default, is no limit.</summary>
    [Range(0, 100_000)]
    public int MaxSessionsPerUser { get; set; }

    /// <summary>How many sessions there may be at once that began without a viewer. They count among all. 16 by default.</summary>
    [Range(0, 100_000)]
    public int MaxUnattended { get; set; } = 16;

    /// <summary>Seconds a session is kept at the most without a connection in which nobody ever spoke. 120 by default.</summary>
    [Range(1, 86_400)]
    public int UnspokenGraceSeconds { get; set; } = 120;

    /// <summary>Seconds a session is kept when its connection is lost. 300 by default.</summary>
    [Range(1, 86_400)]
    public int GraceSeconds { get; set; } = 300;

    /// <summary>Seconds between a client's heartbeats. 20 by default.</summary>
    [Range(1, 3_600)]
    public int HeartbeatSeconds { get; set; } = 20;

    /// <summary>Seconds a first connection may take before its session is given up. 15 by default.</summary>
    [Range(1, 300)]
    public int SetupTimeoutSeconds { get; set; } = 15;

    /// <summary>The longest grace period in seconds that a client may ask for. 3,600 by default.</summary>
    [Range(1, 86_400)]
    public int MaxGraceSeconds { get; set; } = 3_600;

    /// <summary>Seconds a session is held without a connection at the most, heartbeats or not. 1,800 by default.</summary>
    [Range(1, 604_800)]
    public int MaxHoldSeconds { get; set; } = 1_800;

    /// <summary>Milliseconds that feedback may be missing at the least before speech pauses. 600 by default.</summary>
    [Range(200, 10_000)]
    public int InterruptedAfterMilliseconds { get; set; } = 600;

    /// <summary>Seconds without anything authenticated from a client before its connection counts as lost. 10 by default.</summary>
    [Range(3, 30)]
    public int HeldAfterSeconds { get; set; } = 10;

    /// <summary>The picture's bitrate at the most, in kilobits a second. 900 by default.</summary>
    [Range(100, 20_000)]
    public int MaxVideoKilobits { get; set; } = 900;

    /// <summary>The longest text that may be said in one go, in characters. 4,000 by default.</summary>
    [Range(1, LongestText)]
    public int MaxTextLength { get; set; } = 4_000;

    /// <summary>Event streams that may be open at once, of all sessions together. 1,000 by default.</summary>
    [Range(1, 1_000_000)]
    public int MaxEventStreams { get; set; } = 1_000;

    /// <summary>
    /// The path under which clients reach the server, such as <c>/face</c>, whether a proxy takes it off before it hands a request on or not.
    /// Empty by default. A proxy that sends <c>X-Forwarded-Prefix</c> needs no setting.
    /// </summary>
    [PathPrefix]
    public string PathBase { get; set; } = string.Empty;

    /// <summary>
    /// Whether <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c> are mapped. True by default; an app that has health endpoints of its own finds
    /// Holdfast's checks by their tags (<see cref="HoldfastHealthTags"/>).
    /// </summary>
    public bool Health { get; set; } = true;

    /// <summary>
    /// The addresses of the other servers of this installation, to which clients may be sent for their sessions (<see cref="ISessionPlaces"/>), with their resume
    /// tokens. None by default. In the configuration they may also be one string, separated by commas.
    /// </summary>
    [ServerAddress]
    public IList<string> Elsewhere { get; } = [];

    /// <summary>What stands between clients and the server.</summary>
    [ValidateObjectMembers]
    public HoldfastProxyOptions Proxy { get; set; } = new();

    /// <summary>What the server does when it is nearly full.</summary>
    [ValidateObjectMembers]
    public HoldfastHeadRoomOptions HeadRoom { get; set; } = new();

    /// <summary>What happened in sessions.</summary>
    [ValidateObjectMembers]
    public HoldfastJournalOptions Journal { get; set; } = new();

    /// <summary>What becomes of sessions when the server ends.</summary>
    public HoldfastStoreOptions Store { get; set; } = new();

    /// <summary>The wire.</summary>
    [ValidateObjectMembers]
    public HoldfastRtcOptions Rtc { get; set; } = new();

    internal SessionSettings ToSessionSettings() => new()
    {
        MaxSessions = MaxSessions,
        MaxNegotiating = MaxNegotiating > 0 ? MaxNegotiating : Math.Max(64, MaxSessions / 4),
        MaxNegotiatingPerAddress = MaxNegotiatingPerAddress,
        MaxHeldPerAddress = MaxHeldPerAddress,
        MaxPerUser = MaxSessionsPerUser,
        MaxUnattended = MaxUnattended,
        UnspokenGrace = TimeSpan.FromSeconds(UnspokenGraceSeconds),
        SetupTimeout = TimeSpan.FromSeconds(SetupTimeoutSeconds),
        Grace = TimeSpan.FromSeconds(GraceSeconds),
        MaxGrace = TimeSpan.FromSeconds(Math.Max(GraceSeconds, MaxGraceSeconds)),
        MaxHold = TimeSpan.FromSeconds(MaxHoldSeconds),
        InterruptedAfter = TimeSpan.FromMilliseconds(InterruptedAfterMilliseconds),
        HeldAfter = TimeSpan.FromSeconds(HeldAfterSeconds),
        MaxVideoBitrate = MaxVideoKilobits * 1000,
        MeasuresHeadRoom = HeadRoom.Enabled,
        LeastLoad = HeadRoom.AtLeast,
        Journal = Journal.ToLimits(),
    };
}

/// <summary>What the server does when it is nearly full, under <c>Holdfast:HeadRoom</c>.</summary>
public sealed class HoldfastHeadRoomOptions
{
    /// <summary>
    /// Whether it is measured how much time the machine has left, so that the server sends fewer pictures, has new speech wait for its turn, and then lets nobody new in,
    /// before words are torn. True by default.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// How full the server counts as at the least, whatever is measured, and if nothing is: 0, the default, not at all; 1 fewer pictures; 2 one speaks at a time; 3 nobody new is let in, so that it
    /// empties.
    /// </summary>
    [Range(0, 3)]
    public int AtLeast { get; set; }
}

/// <summary>How much of what happened in a session is kept, under <c>Holdfast:Journal</c>.</summary>
public sealed class HoldfastJournalOptions
{
    /// <summary>Events kept of a session, words apart. 512 by default.</summary>
    [Range(16, 100_000)]
    public int MaxEvents { get; set; } = 512;

    /// <summary>UTF-16 units of text kept in them. 100,000 by default.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxCharacters { get; set; } = 100_000;

    /// <summary>Words kept of a session, for subtitles. 128 by default.</summary>
    [Range(1, 100_000)]
    public int MaxWords { get; set; } = 128;

    /// <summary>Event streams of one session at once; the oldest gives way to one more. 8 by default.</summary>
    [Range(1, 1_000)]
    public int MaxReaders { get; set; } = 8;

    internal JournalLimits ToLimits() =>
        new() { MaxEvents = MaxEvents, MaxCharacters = MaxCharacters, MaxWords = MaxWords, MaxReaders = MaxReaders };
}

/// <summary>What becomes of sessions when the server ends, politely or not, under <c>Holdfast:Store</c>.</summary>
public sealed class HoldfastStoreOptions
{
    /// <summary>
    /// Whether sessions are kept, so that the next server goes on with them. True by default; a server whose media port is 0 keeps them only if
    /// <see cref="Directory"/> is set.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The directory for the database of kept sessions. Two servers may share one if their media ports differ. By default it is the service's state
    /// directory (systemd), or <c>holdfast</c> in the user's data directory (<c>~/.local/share</c>).
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>
    /// The directory of the keys that kept sessions are encrypted with, made by ASP.NET Core Data Protection. <c>keys</c> beside the database by default,
    /// which keeps a copy of the database alone from being read; it protects more if it is on another disk.
    /// </summary>
    public string? KeyDirectory { get; set; }

    /// <summary>
    /// Whether the keys of connections are kept too, so that browsers play on after a crash without noticing. True by default; without, people come back by a
    /// new connection.
    /// </summary>
    public bool KeepConnections { get; set; } = true;

    /// <summary>
    /// Whether this server takes over from one that runs on the same store, and lets a newer one take over from itself: for an upgrade that nobody
    /// notices. Linux only; both need it. False by default: a second server on the same store is refused.
    /// </summary>
    public bool TakeOver { get; set; }
}

/// <summary>The settings of the wire, under <c>Holdfast:Rtc</c>.</summary>
public sealed class HoldfastRtcOptions
{
    /// <summary>The UDP port that all peers share; 0 takes any free one. 8010 by default.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 8010;

    /// <summary>The address to listen on; every address of the machine when empty, which is the default.</summary>
    [IpAddress]
    public string? BindAddress { get; set; }

    /// <summary>
    /// The addresses that clients are told to send to, for a machine behind 1:1 NAT; the machine's own when empty, which
    /// is the default. In the configuration they may also be one string, separated by commas.
    /// </summary>
    [IpAddress(IsDestination = true)]
    public IList<string> AnnouncedAddresses { get; } = [];

    /// <summary>
    /// DTLS handshakes under way at a time; each has a thread (some 100 KiB) while it lasts, further ones wait. 512 by default.
    /// </summary>
    [Range(1, 4_096)]
    public int MaxHandshakes { get; set; } = 512;

    internal RtcEndpointOptions ToEndpointOptions()
    {
        var options = new RtcEndpointOptions
        {
            Port = Port,
            BindAddress = string.IsNullOrEmpty(BindAddress) ? null : BindAddress,
            MaxHandshakes = MaxHandshakes,
        };
        foreach (var address in AnnouncedAddresses)
        {
            options.AnnouncedAddresses.Add(address);
        }

        return options;
    }
}

[OptionsValidator]
internal sealed partial class HoldfastOptionsValidator : IValidateOptions<HoldfastOptions>;
