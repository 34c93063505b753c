using System.Text;
using Holdfast.AspNetCore.Http;

namespace Holdfast.AspNetCore;

/// <summary>The browser client that <c>MapHoldfast</c> serves under <c>/holdfast/</c>, for an app that joins its page's files itself.</summary>
public static class HoldfastClient
{
    /// <summary>The text of one of its files; null where there is none of this name.</summary>
    /// <param name="path">Such as <c>index.js</c> or <c>player/element.js</c>.</param>
    public static string? Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ClientFiles.Find(path) is { } content ? Encoding.UTF8.GetString(content) : null;
    }
}
