using Holdfast.Sessions;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// A reference recording as these clients name one: by a file of the server's. It is never opened by that name: it chooses among the recordings that are configured
/// as voices (<c>Holdfast:Speech:Services:NAME:References</c>), and is left alone where it is none of them.
/// </summary>
internal static class ReferenceVoice
{
    public static void Choose(SessionDirectory sessions, Session session, string? file)
    {
        if (Path.GetFileNameWithoutExtension(file?.Replace('\\', '/')) is not { Length: > 0 } name)
        {
            return;
        }

        var voice = sessions.Voices.FirstOrDefault(known => known.Id.EndsWith("/" + name, StringComparison.OrdinalIgnoreCase));
        if (voice is not null)
        {
            session.Adjust(showName: null, voice.Id);
        }
    }
}
