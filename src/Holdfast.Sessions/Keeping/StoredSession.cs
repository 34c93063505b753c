using System.Globalization;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What is written down of a session while it goes on.</summary>
/// <param name="Record">The session; its journal holds only what is new.</param>
/// <param name="Connection">The connection in use, where it can be gone on with.</param>
/// <param name="Kept">What is needed for that.</param>
internal sealed record SessionCapture(SessionRecord Record, SessionConnection? Connection, KeptConnection? Kept);

/// <summary>A session as another process left it.</summary>
/// <param name="Record">The session, with the whole of its journal.</param>
/// <param name="Connection">Its connection; null where there is none to go on with.</param>
internal sealed record StoredSession(SessionRecord Record, KeptConnection? Connection);

/// <summary>How another process ended.</summary>
/// <param name="AliveAt">When it was alive last.</param>
/// <param name="IsClean">Whether it wrote down everything before it ended.</param>
/// <param name="CanGoOn">Whether connections may be gone on with.</param>
internal sealed record PriorProcess(RtcTime AliveAt, bool IsClean, bool CanGoOn);

/// <summary>The parts of which a stored session consists, each written only when it changes.</summary>
internal static class StoredParts
{
    /// <summary>The session itself: small, written once a second while it speaks.</summary>
    public const string Session = "session";

    /// <summary>What accompanies it.</summary>
    public const string Companion = "companion";

    /// <summary>What its voice had made and nobody heard: written when the server stops, and gone with the next write.</summary>
    public const string Made = "made";

    /// <summary>The keys of its connection: written when it is negotiated.</summary>
    public const string Keys = "keys";

    /// <summary>How far its connection has come.</summary>
    public const string Numbers = "numbers";

    /// <summary>Of the server: its DTLS certificate.</summary>
    public const string Certificate = "certificate";

    /// <summary>Of the server: that it is alive.</summary>
    public const string Alive = "alive";

    /// <summary>What begins the name of each piece of a journal.</summary>
    public const string Journal = "journal/";

    /// <summary>The name of a piece of a journal, by its first number: names sort as the numbers do.</summary>
    public static string JournalFrom(long number) => string.Create(CultureInfo.InvariantCulture, $"{Journal}{number:D16}");
}
