using System.Collections;
using Holdfast.Media;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>The engines that come with the house, as the settings and this machine have them.</summary>
internal sealed class HouseEngines : IEnumerable<VoiceEngine>, IDisposable
{
    private readonly List<VoiceEngine> _engines = [];
    private readonly SocketsHttpHandler _handler = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AutomaticDecompression = System.Net.DecompressionMethods.All };

    public HouseEngines(IOptions<SpeechOptions> options, TimeProvider time, FairTurns turns)
    {
        var settings = options.Value;
        if (FliteTextToSpeechClient.IsAvailable)
        {
            _engines.Add(new VoiceEngine(
                "flite",
                new FliteTextToSpeechClient(options, turns),
                [new VoiceDescription(FliteVoices.Slt, "flite", ["en-US"]), new VoiceDescription(FliteVoices.Rms, "flite", ["en-US"])])
            {
                Speaks = script => script is Script.Latin or Script.Common,
                Has = FliteVoices.Has,
            });
        }

        var espeak = new EspeakVoices(settings.EspeakPath, time);
        _engines.Add(new VoiceEngine(HouseVoice.LastResort, new EspeakTextToSpeechClient(options, time, turns), [])
        {
            TakesAllScripts = true,
            Has = voice => VoiceIds.IsFemale(voice) || VoiceIds.IsMale(voice) || espeak.Has(voice),
        });
        if (!string.IsNullOrEmpty(settings.FestivalPath))
        {
            _engines.Add(new VoiceEngine(
                "festival",
                new FestivalTextToSpeechClient(options, time, turns),
                [new VoiceDescription($"festival/{settings.FestivalVoice}", "festival", ["en"])])
            {
                IsBounded = true,
                Speaks = script => script is Script.Latin or Script.Common,
                Has = voice => string.Equals(voice, settings.FestivalVoice, StringComparison.OrdinalIgnoreCase),
            });
        }

        // Each is an engine of its own: one that fails leaves the others where they are.
        foreach (var (name, path) in settings.Piper)
        {
            _engines.Add(new VoiceEngine(
                $"piper/{name}", new PiperTextToSpeechClient(path, options, time, turns), [new VoiceDescription($"piper/{name}", "piper", PiperVoice.LanguagesOf(path))])
            {
                IsBounded = true,
                TakesAllScripts = true,
            });
        }

        foreach (var (name, service) in settings.Services)
        {
            _engines.Add(new VoiceEngine(
                name,
                new ServiceTextToSpeechClient(service, _handler),
                [.. service.Voices.Concat(VoiceReference.In(service.References).Keys).Select(voice => new VoiceDescription($"{name}/{voice}", name, []))])
            {
                IsBounded = true,
                TakesAllScripts = true,
            });
        }
    }

    public IEnumerator<VoiceEngine> GetEnumerator() => _engines.GetEnumerator();

    public void Dispose() => _handler.Dispose();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
