namespace Holdfast.Sessions;

/// <summary>What an app knows of a session beside what happens in it: kept with it, shown, logged, and never looked at by anything but its own limits.</summary>
/// <param name="User">Whose it is, as the app names people; null where nobody said it.</param>
/// <param name="Tags">Words of the app's own, such as where it was started from.</param>
public sealed record SessionLabels(string? User, IReadOnlyList<string> Tags)
{
    /// <summary>The most tags that a session may have.</summary>
    public const int MaxTags = 8;

    /// <summary>The longest that a tag or a user's name may be, in UTF-16 units.</summary>
    public const int MaxLength = 64;

    /// <summary>Nothing is known.</summary>
    public static SessionLabels None { get; } = new(null, []);

    /// <summary>How the log has them: <c>, user anna, tags kiosk 7</c>; empty where there is nothing.</summary>
    internal string ForLog => (User is null ? "" : $", user {OneLine(User)}") + (Tags.Count == 0 ? "" : $", tags {OneLine(string.Join(", ", Tags))}");

    private static string OneLine(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = char.IsControl(from[i]) || from[i] is '\u2028' or '\u2029' ? ' ' : from[i];
        }
    });
}
