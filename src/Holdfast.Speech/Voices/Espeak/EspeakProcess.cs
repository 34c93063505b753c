namespace Holdfast.Speech;

/// <summary>Runs espeak-ng once for each text: for its sound, or for its phonemes.</summary>
internal sealed class EspeakProcess(string path, TimeSpan timeout, TimeProvider time)
{
    private readonly SpeechProgram _program = new(path, "espeak-ng", timeout, time);

    /// <returns>The samples, mono, and their rate.</returns>
    /// <exception cref="SpeechException">The program is missing, fails, or takes too long.</exception>
    public async Task<(short[] Samples, int Rate)> SpeakAsync(string text, EspeakVoice voice, CancellationToken cancellationToken)
    {
        var sound = await _program.RunAsync(
            ["-v", voice.Name, "-s", $"{voice.Rate}", "-p", $"{voice.Pitch}", "-a", $"{voice.Amplitude}", "-b", "1", "-z", "--stdin", "--stdout"],
            text, _program.ReadWavAsync, cancellationToken);
        return sound.Rate > 0 ? sound : throw new SpeechException($"espeak-ng failed with voice {voice.Name}: it gave no sound.");
    }

    /// <returns>The phonemes in IPA, a line for each line of the text.</returns>
    /// <inheritdoc cref="SpeakAsync"/>
    public Task<string> PhonemesAsync(string text, string voice, CancellationToken cancellationToken) =>
        _program.RunAsync(["-v", EspeakVoice.Plain(voice), "-q", "--ipa", "-b", "1", "--stdin"], text, SpeechProgram.ReadTextAsync, cancellationToken);
}
