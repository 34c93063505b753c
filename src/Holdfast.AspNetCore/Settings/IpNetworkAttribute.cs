using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.AspNetCore;

/// <summary>IP addresses, or networks of them as <c>10.0.0.0/8</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IpNetworkAttribute : ValidationAttribute
{
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out network);
        }

        var isAddress = IpAddressAttribute.TryParse(text, out var address);
        network = isAddress ? new IPNetwork(address!, address!.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : default;
        return isAddress;
    }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        (value as IEnumerable<string>)?.FirstOrDefault(static text => !TryParse(text, out _)) is { } wrong
            ? new ValidationResult($"{validationContext.DisplayName} must be an IP address or a network such as 10.0.0.0/8; '{wrong}' is neither.")
            : ValidationResult.Success;
}
