using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// The bounds of what a body may hold, read from the attributes of its type, which the API's description is made from too: so what is
/// described and what is refused cannot differ.
/// </summary>
internal static class BodyMembers
{
    /// <summary>
    /// The first member that is out of its bounds, as a sentence; null where all are within them. What is there and wrong is told before what is missing.
    /// </summary>
    public static string? FindFault(object body) => FindFault(body, prefix: string.Empty, isMissing: false) ?? FindFault(body, prefix: string.Empty, isMissing: true);

    /// <summary>What should be at a path (as System.Text.Json writes it, "$.played.rtpTimestamp") where something else is.</summary>
    public static string WhatIsExpected(Type body, string? path)
    {
        PropertyInfo? member = null;
        var type = body;
        var names = path is ['$', '.', .. var rest] ? rest.Split('.') : [];
        foreach (var name in names)
        {
            member = Array.Find(MembersOf(type), property => string.Equals(NameOf(property), name, StringComparison.Ordinal));
            if (member is null)
            {
                break;
            }

            type = member.PropertyType;
        }

        return member is null ? "The body must be a JSON object." : $"'{string.Join('.', names)}' must be {Describe(member)}.";
    }

    private static string? FindFault(object body, string prefix, bool isMissing)
    {
        foreach (var member in MembersOf(body.GetType()))
        {
            var value = member.GetValue(body);
            var name = prefix + NameOf(member);
            if (value is null == isMissing && !member.GetCustomAttributes<ValidationAttribute>().All(attribute => attribute.IsValid(value)))
            {
                return $"'{name}' must be {Describe(member)}.";
            }

            if (value is not null && IsObject(member.PropertyType) && FindFault(value, name + ".", isMissing) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string Describe(PropertyInfo member)
    {
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        if (type == typeof(string))
        {
            return member.GetCustomAttribute<StringLengthAttribute>() is { } length
                ? string.Create(CultureInfo.InvariantCulture, $"a string of {length.MinimumLength} to {length.MaximumLength} characters")
                : "a string";
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return member.GetCustomAttribute<RangeAttribute>() is { } range
                ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {range.Minimum} to {range.Maximum}")
                : "a whole number";
        }

        return type == typeof(double) ? "a number" : type == typeof(bool) ? "true or false" : "an object";
    }

    private static PropertyInfo[] MembersOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static string NameOf(PropertyInfo member) => JsonNamingPolicy.CamelCase.ConvertName(member.Name);

    private static bool IsObject(Type type) => type.IsClass && type != typeof(string);
}
