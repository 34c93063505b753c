using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// Custom actions as these clients name them: by a number (<c>audiotype</c>). It is the one of the avatar's manifest, or what the session's <c>custom_config</c> says. The paths in a
/// <c>custom_config</c> are the old server's: they are never opened, and only choose among the actions there are.
/// </summary>
internal static class CustomActions
{
    /// <summary>0 is speaking and 1 is idle: both come about by themselves.</summary>
    private const int FirstAction = 2;

    private const int MostEntries = 64;

    private static readonly ConditionalWeakTable<Session, IReadOnlyDictionary<int, string>> Chosen = [];

    /// <summary>Reads what a session's <c>custom_config</c> says, as a list or as the text of one; whatever it is, the session is started.</summary>
    public static void Choose(SessionDirectory sessions, Session session, RequestMembers members)
    {
        if (members.JsonIn("custom_config") is not { ValueKind: JsonValueKind.Array } entries)
        {
            return;
        }

        var known = sessions.ActionsOf(session.ShowName);
        var chosen = new Dictionary<int, string>();
        foreach (var entry in entries.EnumerateArray().Take(MostEntries).Where(static entry => entry.ValueKind == JsonValueKind.Object))
        {
            if (entry.TryGetProperty("audiotype", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var audioType) && NameIn(entry, known) is { } name)
            {
                chosen[audioType] = name;
            }
        }

        Chosen.AddOrUpdate(session, chosen);
    }

    public static IResult Play(HttpContext http, RequestMembers members, Session session)
    {
        if (!int.TryParse(members.TextOrNumber("audiotype"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var audioType))
        {
            return Failure.Bad("audiotype 必须是数字", "The member audiotype must be a number.");
        }

        if (audioType is >= 0 and < FirstAction)
        {
            return Answer.Ok;
        }

        var shows = http.RequestServices.GetRequiredService<IShowFactory>();
        var known = shows.ActionsOf(session.ShowName);
        if (known.Count == 0)
        {
            return Failure.NotHere("该形象没有自定义动作", "This avatar has no custom actions: its operator has given it none.");
        }

        var name = Chosen.TryGetValue(session, out var chosen) && chosen.TryGetValue(audioType, out var its) ? its : known.FirstOrDefault(action => action.Number == audioType)?.Name;
        if (name is null)
        {
            return Failure.Bad($"没有编号为 {audioType} 的自定义动作", $"There is no custom action {audioType}.");
        }

        return shows.FaultOfAction(session.ShowName, name) is null
            ? TalkingEndpoints.Told(session.Act(name))
            : new Failure(StatusCodes.Status409Conflict, $"动作 {name} 无法播放，原因见服务器日志", $"The action {name} cannot be played; the server's log says why.");
    }

    /// <summary>The action that an entry means: by its name, or by a folder or file of that name in one of its paths.</summary>
    private static string? NameIn(JsonElement entry, IReadOnlyList<ShowAction> known)
    {
        foreach (var member in (string[])["name", "imgpath", "videopath", "audiopath"])
        {
            if (!entry.TryGetProperty(member, out var value) || value.ValueKind != JsonValueKind.String)
            {
                continue;
            }

            foreach (var part in value.GetString()!.Split('/', '\\').Reverse())
            {
                if (known.FirstOrDefault(action => string.Equals(action.Name, Path.GetFileNameWithoutExtension(part), StringComparison.OrdinalIgnoreCase)) is { } action)
                {
                    return action.Name;
                }
            }
        }

        return null;
    }
}
