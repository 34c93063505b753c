using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.AspNetCore;

/// <summary>One IPv4 or IPv6 address, or several.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IpAddressAttribute : ValidationAttribute
{
    /// <summary>Whether somebody is to send to it: not so to 0.0.0.0, to a group, or to everybody.</summary>
    public bool IsDestination { get; init; }

    /// <summary>Reads an address as people write it: "1" is none, although it could be read as 0.0.0.1.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Split('.').Length == 4);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var texts = value switch
        {
            string one when one.Length > 0 => [one],
            IEnumerable<string> several => several,
            _ => [],
        };
        foreach (var text in texts)
        {
            if (!TryParse(text, out var address))
            {
                return new ValidationResult($"{validationContext.DisplayName} must be an IP address; '{text}' is not an IP address.");
            }

            if (IsDestination && !CanBeReached(address))
            {
                return new ValidationResult($"{validationContext.DisplayName} must be an address that clients can send to; '{text}' is none.");
            }
        }

        return ValidationResult.Success;
    }

    private static bool CanBeReached(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes()[0] is > 0 and < 224
        : !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast;
}
