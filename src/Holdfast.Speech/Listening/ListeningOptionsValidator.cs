using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Checks the bounds of <see cref="ListeningOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class ListeningOptionsValidator : IValidateOptions<ListeningOptions>;

/// <summary>Checks what is beyond bounds: the address and the key of a service, or the file of a model.</summary>
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

        if (options.WhisperModel is { Length: > 0 } path && WhatIsWrongWith(path, options) is { } problem)
        {
            failures.Add($"{ListeningOptions.Section}:{problem}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Why a model cannot be used, from the name of the setting on.</summary>
    private static string? WhatIsWrongWith(string path, ListeningOptions options)
    {
        const string Setting = nameof(ListeningOptions.WhisperModel);
        if (options.BaseUrl is { Length: > 0 })
        {
            return $"{Setting} and BaseUrl name two recognisers; keep one of them.";
        }

        if (WhisperModelFile.Read(path, out var problem) is not { } file)
        {
            return $"{Setting} {problem}";
        }

        if (WhisperRuntime.Problem is { } missing)
        {
            return $"{Setting} needs whisper.cpp's native library: {missing}";
        }

        var language = options.Language?.Split('-')[0].ToLowerInvariant();
        return string.IsNullOrEmpty(language) || (file.IsMultilingual ? WhisperRuntime.Knows(language) : language is "en") ? null
            : $"Language is {options.Language}, which {(file.IsMultilingual ? "Whisper does not know" : $"'{path}' does not understand: it is a model for English")}.";
    }
}
