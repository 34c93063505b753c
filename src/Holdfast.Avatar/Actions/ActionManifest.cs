using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Avatar;

/// <summary>An action as the manifest of an avatar describes it.</summary>
/// <param name="Name">For programs.</param>
/// <param name="Frames">A folder of pictures, in the order of their names; null where it is a video.</param>
/// <param name="Sound">A sound beside the pictures; null where there is none.</param>
/// <param name="Video">A file with pictures and maybe sound; null where it is a folder.</param>
/// <param name="FramesPerSecond">Of the folder.</param>
/// <param name="AudioType">The number that LiveTalking's API knows it by.</param>
internal sealed record ActionDescription(string Name, string? Frames, string? Sound, string? Video, double FramesPerSecond, int AudioType);

/// <summary>
/// The manifest of an avatar's actions: <c>actions.json</c> in the avatar's own folder. Its paths lie in that folder. It is the operator's; what is wrong with it is told in one
/// sentence.
/// </summary>
/// <param name="Actions">The actions.</param>
/// <param name="SilentAfter">How long nothing is said before the avatar does something of its own accord; null where it does not.</param>
/// <param name="WhenSilent">What it does then, one after the other.</param>
internal sealed partial record ActionManifest(IReadOnlyList<ActionDescription> Actions, TimeSpan? SilentAfter, IReadOnlyList<string> WhenSilent)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "actions.json";

    /// <summary>Actions of one avatar.</summary>
    public const int MaxActions = 32;

    /// <summary>Custom actions have numbers from here on: 0 is speaking and 1 is idle.</summary>
    private const int FirstAudioType = 2;

    private const int MaxBytes = 256 * 1024;
    private const double LongestSilence = 3600;

    /// <summary>An avatar that does nothing but talk.</summary>
    public static ActionManifest None { get; } = new([], null, []);

    /// <summary>Reads the manifest of a folder. It never throws.</summary>
    /// <param name="folder">The avatar's folder.</param>
    /// <param name="manifest">What it says; <see cref="None"/> where there is no such file.</param>
    /// <param name="error">What is wrong with it, one sentence.</param>
    public static bool TryRead(string folder, out ActionManifest manifest, [NotNullWhen(false)] out string? error)
    {
        manifest = None;
        error = null;
        var path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path))
            {
                return true;
            }

            if (new FileInfo(path).Length > MaxBytes)
            {
                error = $"{path} is longer than {MaxBytes} bytes.";
                return false;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            manifest = Read(document.RootElement, folder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or FormatException
            or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            error = $"{path} cannot be used: {exception.Message}";
            return false;
        }
    }

    private static ActionManifest Read(JsonElement root, string folder)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no JSON object.");
        }

        var actions = new List<ActionDescription>();
        foreach (var action in ListOf(root, "actions"))
        {
            actions.Add(ReadAction(action, folder, FirstAudioType + actions.Count));
        }

        if (actions.Count > MaxActions)
        {
            throw new FormatException($"it has more than {MaxActions} actions.");
        }

        if (actions.Select(static action => action.Name).Distinct(StringComparer.Ordinal).Count() < actions.Count
            || actions.Select(static action => action.AudioType).Distinct().Count() < actions.Count)
        {
            throw new FormatException("two of its actions have one name, or one audiotype.");
        }

        return root.TryGetProperty("whenSilent", out var silent) ? ReadSilence(silent, actions) : new ActionManifest(actions, null, []);
    }

    private static ActionDescription ReadAction(JsonElement action, string folder, int audioType)
    {
        var name = TextOf(action, "name");
        if (name is null || !Names().IsMatch(name))
        {
            throw new FormatException("an action has no name of 1 to 40 letters a-z, digits, - and _.");
        }

        var (frames, video) = (PathOf(action, "frames", folder, name), PathOf(action, "video", folder, name));
        if (frames is null == video is null)
        {
            throw new FormatException($"the action {name} must have either frames (a folder) or video (a file).");
        }

        var rate = NumberOf(action, "framesPerSecond") ?? 25;
        if (rate is not (>= 1 and <= 60))
        {
            throw new FormatException($"framesPerSecond of the action {name} must be 1 to 60.");
        }

        var number = NumberOf(action, "audiotype") ?? audioType;
        return number >= FirstAudioType && number <= 1_000_000 && number == Math.Floor(number)
            ? new ActionDescription(name, frames, PathOf(action, "sound", folder, name), video, rate, (int)number)
            : throw new FormatException($"audiotype of the action {name} must be a whole number from {FirstAudioType}.");
    }

    private static ActionManifest ReadSilence(JsonElement silent, List<ActionDescription> actions)
    {
        var after = silent.ValueKind == JsonValueKind.Object ? NumberOf(silent, "afterSeconds") : null;
        if (after is not (>= 1 and <= LongestSilence))
        {
            throw new FormatException($"whenSilent needs afterSeconds, 1 to {LongestSilence}.");
        }

        string[] names = [.. ListOf(silent, "actions").Select(static name => name.ValueKind == JsonValueKind.String ? name.GetString()! : "")];
        return names.Length > 0 && names.All(name => actions.Exists(action => string.Equals(action.Name, name, StringComparison.Ordinal)))
            ? new ActionManifest(actions, TimeSpan.FromSeconds(after.Value), names)
            : throw new FormatException("whenSilent needs actions: names of those above.");
    }

    private static JsonElement[] ListOf(JsonElement element, string name) => !element.TryGetProperty(name, out var list) ? []
        : list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()]
        : throw new FormatException($"{name} is no list.");

    private static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? NumberOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new FormatException($"{name} is no number.") : null;

    private static string? PathOf(JsonElement action, string member, string folder, string name)
    {
        if (TextOf(action, member) is not { Length: > 0 } written)
        {
            return null;
        }

        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, written));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : throw new FormatException($"{member} of the action {name} is not in the avatar's folder.");
    }

    [GeneratedRegex("^[a-z0-9_-]{1,40}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
