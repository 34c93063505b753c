using System.ComponentModel.DataAnnotations;

namespace Holdfast.AspNetCore;

/// <summary>Addresses of servers: absolute, HTTP or HTTPS, nothing behind the path.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ServerAddressAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        foreach (var text in value as IEnumerable<string> ?? [])
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
                || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            {
                return new ValidationResult(
                    $"{validationContext.DisplayName} must be the address of a server, such as https://b.example; '{text}' is none.");
            }
        }

        return ValidationResult.Success;
    }
}
