using Holdfast.Dialogue;
using Holdfast.Media;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Settings that are for one avatar each: which those are is known only when all is there.</summary>
internal static class AvatarNames
{
    /// <summary>Settings for avatars that are not there, each with the one that was probably meant.</summary>
    public static IEnumerable<(string Setting, string Meant)> Unknown(IServiceProvider services, IShowFactory shows)
    {
        var options = services.GetService<IOptions<DialogueOptions>>()?.Value;
        string[] known = [.. shows.Shows.Select(static show => show.Name)];
        return options is null ? [] : Of(nameof(options.LanguageByAvatar), options.LanguageByAvatar).Concat(Of(nameof(options.InstructionsByAvatar), options.InstructionsByAvatar));

        IEnumerable<(string Setting, string Meant)> Of(string option, IDictionary<string, string> byAvatar) => byAvatar.Keys
            .Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Select(name => ($"{DialogueOptions.Section}:{option}:{name}", $"{DialogueOptions.Section}:{option}:{SettingsCheck.NearestOf(name, known)}"));
    }
}
