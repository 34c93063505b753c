namespace Holdfast.Speech;

/// <summary>Runs espeak-ng once for each text: for its sound, or for its phonemes.</summary>
internal sealed class EspeakProcess(string path, TimeSpan timeout, TimeProvider time)
{
    private readonly SpeechProgram _program = new(path, "espeak-ng", timeout, time);

    /// <summary>A text in which nothing is an instruction to espeak-ng: what stands in [[ ]] would be taken for phonemes.</summary>
    public static string Plain(string text) => text.Replace('[', ' ').Replace(']', ' ');

    /// <param name="text">In espeak-ng's own notation; see <see cref="Plain"/>.</param>
    /// <param name="voice">Who speaks.</param>
    /// <param name="cancellationToken">Ends it.</param>
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
    /// <exception cref="SpeechException">The program is missing, fails, or takes too long.</exception>
    public Task<string> PhonemesAsync(string text, string voice, CancellationToken cancellationToken) =>
        _program.RunAsync(["-v", EspeakVoice.Plain(voice), "-q", "--ipa", "-b", "1", "--stdin"], Plain(text), SpeechProgram.ReadTextAsync, cancellationToken);
}
