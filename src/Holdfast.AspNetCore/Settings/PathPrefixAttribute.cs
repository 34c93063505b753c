using System.ComponentModel.DataAnnotations;

namespace Holdfast.AspNetCore;

/// <summary>A path that a URL may begin with: <c>/face</c>, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PathPrefixAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is not string { Length: > 0 } path || IsPrefix(path)
            ? ValidationResult.Success
            : new ValidationResult($"{validationContext.DisplayName} must be a path such as /face, with a slash before it and none after; '{path}' is not.");

    private static bool IsPrefix(string path) =>
        path[0] == '/' && path[^1] != '/' && !path.Contains("//", StringComparison.Ordinal)
        && path.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '-' or '_' or '.' or '~');
}
