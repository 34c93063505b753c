using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>The recogniser there is: the app's own, or the one that the settings name; null where there is neither.</summary>
internal sealed class HouseRecogniser(IOptions<ListeningOptions> options, IServiceProvider provider)
{
    public ISpeechToTextClient? Create()
    {
        var settings = options.Value;
        if (provider.GetService<ISpeechToTextClient>() is { } registered)
        {
            return registered;
        }

        if (settings.WhisperModel is { Length: > 0 } path)
        {
            return new WhisperSpeechToTextClient(path, settings.WhisperThreads, settings.WhisperAtOnce);
        }

        return settings.BaseUrl is { Length: > 0 }
            ? new ServiceSpeechToTextClient(
                settings,
                settings.Key ?? (settings.KeyVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null),
                new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AutomaticDecompression = System.Net.DecompressionMethods.All })
            : null;
    }
}
