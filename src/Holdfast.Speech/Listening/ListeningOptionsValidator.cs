using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Checks the bounds of <see cref="ListeningOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class ListeningOptionsValidator : IValidateOptions<ListeningOptions>;

/// <summary>Checks what is beyond bounds: the address and the key.</summary>
internal sealed class RecogniserSettingsValidator : IValidateOptions<ListeningOptions>
{
    public ValidateOptionsResult Validate(string? name, ListeningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [];
        if (!string.IsNullOrEmpty(options.BaseUrl) && !(Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            failures.Add($"{ListeningOptions.Section}:BaseUrl must be a whole URL such as http://localhost:8000/v1, not '{options.BaseUrl}'.");
        }

        if (options.KeyVariable is { Length: > 0 } variable && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
        {
            failures.Add($"{ListeningOptions.Section}:KeyVariable names the environment variable {variable}, which is not set.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
