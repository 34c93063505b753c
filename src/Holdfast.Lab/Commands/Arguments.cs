using System.Globalization;
using Holdfast.Lab.Network;

namespace Holdfast.Lab.Commands;

/// <summary>A command line that is wrong; the message is a sentence for a person.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Options and operands of one command. Each option is taken once; what is left in the end was not understood.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private readonly List<string> _operands = [];

    /// <param name="arguments">Without the command's name.</param>
    /// <param name="flags">Options that take no value.</param>
    public Arguments(ReadOnlySpan<string> arguments, params ReadOnlySpan<string> flags)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i] is "-o" ? "--out" : arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                _operands.Add(argument);
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            string value;
            if (flags.Contains(name))
            {
                value = "";
            }
            else if (equals >= 0)
            {
                value = argument[(equals + 1)..];
            }
            else if (++i < arguments.Length)
            {
                value = arguments[i];
            }
            else
            {
                throw new UsageException($"{name} needs a value.");
            }

            if (!_options.TryAdd(name, value))
            {
                throw new UsageException($"{name} is given twice.");
            }
        }
    }

    public bool Flag(string name) => _options.Remove(name);

    public string? Text(string name) => _options.Remove(name, out var value) ? value : null;

    public int? Number(string name, int least, int most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{name} must be a whole number from {least} to {most}; '{text}' is not.");
    }

    public double? Share(string name) => Read(name, "a share such as 5%", (string text, out double value) => Quantities.TryShare(text, out value));

    public TimeSpan? Duration(string name) =>
        Read(name, "a time such as 60s or 2m", (string text, out TimeSpan value) => Quantities.TryDuration(text, out value));

    /// <summary>Events a second.</summary>
    public double? Frequency(string name) =>
        Read(name, "a frequency such as 2/min", (string text, out double value) => Quantities.TryFrequency(text, out value));

    public LinkConditions? Conditions(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return LinkConditions.TryParse(text, out var conditions, out var error) ? conditions : throw new UsageException($"{name}: {error}");
    }

    /// <summary>The one operand: a server's address.</summary>
    public Uri Address()
    {
        if (_operands.Count != 1)
        {
            throw new UsageException(_operands.Count == 0 ? "Which server? Give its address, such as http://localhost:8010" : $"'{_operands[1]}' is one address too many.");
        }

        var text = _operands[0];
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"'{text}' is no address of a server, such as http://localhost:8010");
        }

        // Relative paths are resolved below it.
        return address.AbsolutePath.EndsWith('/') ? address : new Uri(address + "/");
    }

    /// <summary>The one operand.</summary>
    /// <param name="question">What is said where there is none.</param>
    public string Operand(string question) => _operands.Count switch
    {
        0 => throw new UsageException(question),
        1 => _operands[0],
        _ => throw new UsageException($"'{_operands[1]}' is one too many."),
    };

    /// <summary>Refuses an operand: the command takes none.</summary>
    public void NoAddress()
    {
        if (_operands.Count > 0)
        {
            throw new UsageException($"'{_operands[0]}' is not an option.");
        }
    }

    /// <summary>Refuses what nobody took.</summary>
    public void End()
    {
        if (_options.Count > 0)
        {
            throw new UsageException($"There is no option {_options.Keys.First()}.");
        }
    }

    private delegate bool Reader<T>(string text, out T value);

    private T? Read<T>(string name, string example, Reader<T> reader)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return reader(text, out var value) ? value : throw new UsageException($"{name} must be {example}; '{text}' is not.");
    }
}
