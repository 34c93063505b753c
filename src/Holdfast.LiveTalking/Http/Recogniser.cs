using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Http;

/// <summary>Understands whole recordings.</summary>
internal sealed class Recogniser(ISpeechToTextClient client)
{
    /// <summary>What recognisers are trained for.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Null where the server has none.</summary>
    public static Recogniser? Of(HttpContext http) =>
        http.RequestServices.GetService<ISpeechToTextClient>() is { } client ? new Recogniser(client) : null;

    /// <param name="sound">48 kHz mono.</param>
    public Task<string> RecogniseAsync(ReadOnlyMemory<short> sound, CancellationToken cancellationToken)
    {
        var resampler = new Resampler(SoundFormat.SampleRate, SampleRate);
        var samples = new List<short>(sound.Length / 3 + 64);
        var piece = new short[4096];
        var input = sound.Span;
        while (input.Length > 0)
        {
            var taken = Math.Min(input.Length, piece.Length);
            var made = resampler.Process(input[..taken], piece);
            samples.AddRange(piece.AsSpan(0, made));
            input = input[taken..];
        }

        return RecogniseAsync([.. samples], SampleRate, cancellationToken);
    }

    /// <param name="sound">Mono.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<string> RecogniseAsync(short[] sound, int sampleRate, CancellationToken cancellationToken)
    {
        using var file = new MemoryStream(WavFile.Write(sound, sampleRate));
        var response = await client.GetTextAsync(file, new SpeechToTextOptions { SpeechSampleRate = sampleRate }, cancellationToken).ConfigureAwait(false);
        return response.Text.Trim();
    }
}
