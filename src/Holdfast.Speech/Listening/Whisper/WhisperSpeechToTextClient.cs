using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Whisper.net;

namespace Holdfast.Speech;

/// <summary>
/// Recognises on this machine, with whisper.cpp and a model that all sessions share: so many sounds at a time, the others in one line. Nothing of it runs on a
/// listening or a media thread.
/// </summary>
/// <remarks>Each session has one sound in the line at the most, so that nobody waits for more than the others once.</remarks>
internal sealed class WhisperSpeechToTextClient : ISpeechToTextClient
{
    private const int HeaderLength = 44;

    /// <summary>Where the words come out unsure it is tried again with more freedom: 0, 0.4, 0.8. Whisper's own steps of 0.2 make a slow turn twice as slow.</summary>
    private const float Freedom = 0.4f;

    private readonly string _path;
    private readonly int _threads;
    private readonly int _atOnce;
    private readonly SemaphoreSlim _turns;
    private readonly Task<Loaded> _model;
    private readonly CancellationTokenSource _over = new();
    private int _isOver;

    /// <summary>Begins to load the model, elsewhere.</summary>
    /// <param name="path">The model. It is looked through once more: the start may be long ago.</param>
    /// <param name="threads">How many threads work on a sound; 0: a half of the processors, four at the most.</param>
    /// <param name="atOnce">How many sounds at a time; 0: one for each eight processors, one at least.</param>
    public WhisperSpeechToTextClient(string path, int threads = 0, int atOnce = 0)
    {
        _path = path;
        _threads = threads > 0 ? threads : Math.Clamp(Environment.ProcessorCount / 2, 1, 4);
        _atOnce = atOnce > 0 ? atOnce : Math.Max(1, Environment.ProcessorCount / 8);
        _turns = new SemaphoreSlim(_atOnce);
        _model = Task.Run(Load);
    }

    public async Task<SpeechToTextResponse> GetTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        await foreach (var update in GetStreamingTextAsync(audioSpeechStream, options, cancellationToken).ConfigureAwait(false))
        {
            text.Append(update.Text);
        }

        return new SpeechToTextResponse(text.ToString());
    }

    /// <summary>The words of a sound, all at once: before Whisper has heard the end it does not know the beginning.</summary>
    /// <param name="audioSpeechStream">WAV of 16 kHz, mono, 16 bit, with a header of 44 bytes.</param>
    /// <exception cref="RecognitionException">The model cannot be loaded, or fails.</exception>
    public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audioSpeechStream);
        var sound = await SamplesOfAsync(audioSpeechStream, cancellationToken).ConfigureAwait(false);
        var text = await RecogniseAsync(sound, options?.SpeechLanguage, cancellationToken).ConfigureAwait(false);
        yield return new SpeechToTextResponseUpdate(text) { Kind = SpeechToTextResponseUpdateKind.TextUpdated };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(SpeechToTextClientMetadata) ? new SpeechToTextClientMetadata("whisper.cpp", providerUri: null, Path.GetFileNameWithoutExtension(_path))
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _over.Cancel();
            _ = EndAsync();
        }
    }

    private async Task<string> RecogniseAsync(ReadOnlyMemory<float> sound, string? language, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _over.Token);
        await _turns.WaitAsync(both.Token).ConfigureAwait(false);
        try
        {
            var model = await LoadedAsync().WaitAsync(both.Token).ConfigureAwait(false);

            // Disposing of it waits until native code has let go of the sound, also where it was given up: it looks for that at every step of its graph.
            var processor = model.Factory.CreateBuilder()
                .WithThreads(_threads).WithLanguage(NameOf(language, model.IsMultilingual)).WithNoContext().WithProbabilities().WithTemperatureInc(Freedom).WithoutStringPool().Build();
            await using (processor.ConfigureAwait(false))
            {
                var text = new StringBuilder();
                await foreach (var piece in processor.ProcessAsync(sound, both.Token).ConfigureAwait(false))
                {
                    var words = HeardText.Clean(piece.Text);
                    text.Append(WhisperWords.WasSaid(words, piece.NoSpeechProbability, piece.Probability) ? piece.Text : string.Empty);
                }

                return text.ToString();
            }
        }
        catch (WhisperProcessingException exception)
        {
            throw new RecognitionException(RecognitionFault.Protocol, "whisper.cpp failed: " + exception.Message, exception);
        }
        finally
        {
            _turns.Release();
        }
    }

    private Loaded Load()
    {
        var file = WhisperModelFile.Read(_path, out var problem) ?? throw new InvalidDataException($"{ListeningOptions.Section}:WhisperModel {problem}");
        var factory = WhisperFactory.FromPath(_path);
        try
        {
            // Where native code could not make sense of it, it says so here.
            _ = factory.CreateBuilder();
            return new Loaded(factory, file.IsMultilingual);
        }
        catch
        {
            factory.Dispose();
            throw;
        }
    }

    private async Task<Loaded> LoadedAsync()
    {
        try
        {
            return await _model.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new RecognitionException(RecognitionFault.Unreachable, $"Whisper's model cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>What Whisper calls the language; "auto" where it is to find out.</summary>
    private static string NameOf(string? language, bool isMultilingual)
    {
        if (!isMultilingual)
        {
            return "en";
        }

        var code = language?.Split('-')[0].ToLowerInvariant();
        return code is { Length: > 0 } && WhisperRuntime.Knows(code) ? code : "auto";
    }

    private async Task EndAsync()
    {
        try
        {
            // Whoever is at work gives up now; the model is given back when all have.
            for (var i = 0; i < _atOnce; i++)
            {
                await _turns.WaitAsync().ConfigureAwait(false);
            }

            (await _model.ConfigureAwait(false)).Factory.Dispose();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It was never loaded.
        }
    }

    private static async Task<ReadOnlyMemory<float>> SamplesOfAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var file = new MemoryStream();
        await stream.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
        var bytes = file.GetBuffer().AsSpan(0, (int)file.Length);
        if (bytes.Length < HeaderLength || !bytes.StartsWith("RIFF"u8) || BitConverter.ToInt32(bytes[24..]) != HearingFormat.SampleRate)
        {
            throw new RecognitionException(RecognitionFault.Protocol, "Whisper is given WAV of 16 kHz, mono, 16 bit.");
        }

        var samples = new float[(bytes.Length - HeaderLength) / 2];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = System.Buffers.Binary.BinaryPrimitives.ReadInt16LittleEndian(bytes[(HeaderLength + (2 * i))..]) / 32_768f;
        }

        return samples;
    }

    private sealed record Loaded(WhisperFactory Factory, bool IsMultilingual);
}
