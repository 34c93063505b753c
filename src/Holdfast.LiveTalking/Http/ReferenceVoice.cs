using Holdfast.Media;
using Holdfast.Sessions;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// A reference recording as these clients name one: by a file of the server's. It is never opened by that name: it chooses among the recordings that are configured
/// as voices (<c>Holdfast:Speech:Services:NAME:References</c>), and is left alone where it is none of them. A feeling chooses the recording in which somebody speaks
/// with it: <c>anna.happy.wav</c> beside <c>anna.wav</c>.
/// </summary>
internal static class ReferenceVoice
{
    /// <param name="sessions">Knows the voices.</param>
    /// <param name="session">Who is to speak so from now on.</param>
    /// <param name="file">The recording; null or empty: the one there is.</param>
    /// <param name="emotion">The feeling; null or empty: whatever it is.</param>
    public static void Choose(SessionDirectory sessions, Session session, string? file, string? emotion = null)
    {
        var chosen = Path.GetFileNameWithoutExtension(file?.Replace('\\', '/')) is { Length: > 0 } name ? Find(id => id.EndsWith("/" + name, StringComparison.OrdinalIgnoreCase)) : null;
        if (emotion is { Length: > 0 } && (chosen ?? session.Voice) is { } speaker)
        {
            // Whoever speaks with another feeling by now is named without it.
            var plain = Find(id => speaker.StartsWith(id + ".", StringComparison.OrdinalIgnoreCase)) ?? speaker;
            chosen = Find(id => string.Equals(id, $"{plain}.{emotion}", StringComparison.OrdinalIgnoreCase)) ?? chosen ?? plain;
        }

        if (chosen is not null)
        {
            session.Adjust(new ShowAdjustment { Voice = chosen });
        }

        string? Find(Func<string, bool> isIt) => sessions.Voices.FirstOrDefault(voice => isIt(voice.Id))?.Id;
    }
}
