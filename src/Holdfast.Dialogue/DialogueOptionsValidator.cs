using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Holdfast.Dialogue;

/// <summary>Checks <see cref="DialogueOptions"/> when the server starts: each failure is a sentence that names the setting.</summary>
internal sealed partial class DialogueOptionsValidator : IValidateOptions<DialogueOptions>
{
    public ValidateOptionsResult Validate(string? name, DialogueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [];
        foreach (var (key, model) in options.Models)
        {
            var path = $"{DialogueOptions.Section}:Models:{key}";
            if (string.IsNullOrWhiteSpace(model.Model))
            {
                failures.Add($"{path}:Model must be the model's name at its service.");
            }

            CheckUrl($"{path}:BaseUrl", model.BaseUrl, failures);
            if (model.KeyVariable is { Length: > 0 } variable && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
            {
                failures.Add($"{path}:KeyVariable names the environment variable {variable}, which is not set.");
            }

            if (key is ModelDirectory.Companion or ModelDirectory.AppModel)
            {
                failures.Add($"{path} has a name that Holdfast uses itself; please choose another one.");
            }
        }

        if (options.DefaultModel is { Length: > 0 } wanted
            && !options.Models.ContainsKey(wanted)
            && !string.Equals(wanted, ModelDirectory.AppModel, StringComparison.OrdinalIgnoreCase)
            && !(options.Models.Count == 0 && string.Equals(wanted, ModelDirectory.Companion, StringComparison.OrdinalIgnoreCase)))
        {
            failures.Add($"{DialogueOptions.Section}:DefaultModel must be one of {DialogueOptions.Section}:Models; there is no '{wanted}'.");
        }

        foreach (var (key, server) in options.ToolServers)
        {
            var path = $"{DialogueOptions.Section}:ToolServers:{key}";
            if (string.IsNullOrEmpty(server.Command) == string.IsNullOrEmpty(server.Url))
            {
                failures.Add($"{path} must have either a Command or a Url.");
            }

            CheckUrl($"{path}:Url", server.Url, failures);
        }

        CheckInstructions(options, "Instructions", avatar: "", failures);
        foreach (var avatar in options.InstructionsByAvatar.Keys)
        {
            CheckInstructions(options, $"InstructionsByAvatar:{avatar}", avatar, failures);
        }

        foreach (var (avatar, language) in options.LanguageByAvatar)
        {
            if (!LanguageTag().IsMatch(language))
            {
                failures.Add($"{DialogueOptions.Section}:LanguageByAvatar:{avatar} must be a language tag such as en or zh-CN, not '{language}'.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LanguageTag();

    /// <summary>Instructions that leave no room for what is said would be a conversation without a memory.</summary>
    private static void CheckInstructions(DialogueOptions options, string setting, string avatar, List<string> failures)
    {
        var tokens = TokenEstimate.Of(Instructions.For(options, avatar));
        if (tokens > PromptBudget.FixedShare(options.HistoryTokens))
        {
            failures.Add(
                $"{DialogueOptions.Section}:{setting} takes about {tokens} tokens, which leaves less than a quarter of {DialogueOptions.Section}:HistoryTokens ({options.HistoryTokens}) for what is said; "
                + $"please shorten it, or set HistoryTokens to {(4 * tokens / 3) + 1} or more.");
        }
    }

    private static void CheckUrl(string path, string? url, List<string> failures)
    {
        if (!string.IsNullOrEmpty(url) && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            failures.Add($"{path} must be a whole URL such as http://localhost:11434/v1, not '{url}'.");
        }
    }
}
