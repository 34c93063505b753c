using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Checks the settings of the services, and that the files of Piper voices are there, when the server starts.</summary>
internal sealed class SpeechServicesValidator : IValidateOptions<SpeechOptions>
{
    public ValidateOptionsResult Validate(string? name, SpeechOptions options)
    {
        var failures = new List<string>();
        foreach (var (service, settings) in options.Services)
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true);
            if (settings.BaseUrl.Length > 0 && !(Uri.TryCreate(settings.BaseUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            {
                results.Add(new ValidationResult($"BaseUrl must be a whole URL such as http://localhost:9880, not '{settings.BaseUrl}'."));
            }

            if (settings.References is { Length: > 0 } folder && !Directory.Exists(folder))
            {
                results.Add(new ValidationResult($"References must be a folder; there is none at '{folder}'."));
            }

            failures.AddRange(results.Select(result => $"{SpeechOptions.Section}:Services:{service}: {result.ErrorMessage}"));
        }

        foreach (var (voice, path) in options.Piper)
        {
            failures.AddRange(new[] { path, path + ".json" }
                .Where(file => !File.Exists(file))
                .Select(file => $"{SpeechOptions.Section}:Piper:{voice}: there is no file {file}."));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
