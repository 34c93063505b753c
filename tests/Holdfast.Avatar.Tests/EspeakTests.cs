using Microsoft.Extensions.AI;

namespace Holdfast.Avatar.Tests;

/// <remarks>
/// Alone: a program that was just written cannot be started while another thread, starting one of its own, still has the open
/// file inherited ("text file busy").
/// </remarks>
[Collection(Programs.Name)]
public sealed class EspeakTests : IDisposable
{
    private readonly string _neverEnding = Path.Combine(Path.GetTempPath(), $"holdfast-never-{Guid.NewGuid():N}.sh");

    public void Dispose() => File.Delete(_neverEnding);

    [Theory]
    [InlineData("Hello, I am your digital human.")]
    [InlineData("你好，我是你的数字人。")]
    [InlineData("我在用 Holdfast 说话。")]
    [InlineData("こんにちは、元気ですか。")]
    [InlineData("Привет, как дела?")]
    public async Task A_text_of_any_script_is_spoken_without_silence_at_its_ends(string text)
    {
        var speech = await Espeak.SayAsync(text);
        Assert.InRange(speech.Length / 48_000.0, 0.6, 6);
        Assert.True(Espeak.Rms(speech) > 800);
        Assert.True(Espeak.Rms(speech.AsSpan(0, 48 * 120)) > 60, "speech begins at once");
        Assert.True(Espeak.Rms(speech.AsSpan(speech.Length - (48 * 120))) > 60, "speech lasts to the end");
    }

    /// <remarks>Two syllables. Espeak-ng's plain Mandarin said "ni three, hao three", as long as six.</remarks>
    [Fact]
    public async Task Chinese_is_read_as_Chinese() =>
        Assert.InRange((await Espeak.SayAsync("你好")).Length / 48_000.0, 0.3, 0.8);

    [Fact]
    public async Task The_two_voices_differ_in_pitch()
    {
        var woman = Pitch(await Espeak.PhonemesAsync("A:A:A:A:", "en-us+f3"));
        var man = Pitch(await Espeak.PhonemesAsync("A:A:A:A:", "en-us+m3"));
        Assert.True(woman > man * 1.3, $"{woman} Hz and {man} Hz");
    }

    [Fact]
    public async Task Each_sentence_comes_as_an_update_of_its_own()
    {
        var parts = new List<TextToSpeechResponseUpdate>();
        await foreach (var update in Espeak.Client().GetStreamingAudioAsync("First one. Second one.", cancellationToken: TestContext.Current.CancellationToken))
        {
            parts.Add(update);
        }

        // Speech, pause, speech.
        Assert.Equal(3, parts.Count);
        Assert.True(Espeak.Rms(Espeak.Decode(parts[0].Contents)) > 500);
        Assert.Equal(0, Espeak.Rms(Espeak.Decode(parts[1].Contents)));
    }

    [Fact]
    public async Task A_missing_program_is_said_in_one_line_that_names_the_package()
    {
        var client = Espeak.Client(options => options.EspeakPath = "espeak-ng-that-is-not-there");
        var e = await Assert.ThrowsAsync<SpeechException>(() => client.GetAudioAsync("Hello", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("apt install espeak-ng", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task An_unknown_voice_is_said_in_one_line()
    {
        var e = await Assert.ThrowsAsync<SpeechException>(() => Espeak.Client().GetAudioAsync(
            "Hello", new TextToSpeechOptions { VoiceId = "xx-nosuch" }, TestContext.Current.CancellationToken));
        Assert.Contains("xx-nosuch", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task Cancelling_ends_the_program()
    {
        // It never reads, writes or ends by itself.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var espeak = new EspeakProcess(await NeverEndingProgramAsync(), TimeSpan.FromSeconds(60), TimeProvider.System);
        var speaking = espeak.SpeakAsync("Hello", new EspeakVoice("en-us", 160, 50, 100), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => speaking);
    }

    [Fact]
    public async Task A_program_that_takes_too_long_is_ended_and_named()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var espeak = new EspeakProcess(await NeverEndingProgramAsync(), TimeSpan.FromSeconds(7), time);
        var speaking = espeak.SpeakAsync("Hello", new EspeakVoice("en-us", 160, 50, 100), TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(8));
        var e = await Assert.ThrowsAsync<SpeechException>(() => speaking);
        Assert.Contains("7 s", e.Message, StringComparison.Ordinal);
    }

    private async Task<string> NeverEndingProgramAsync()
    {
        await File.WriteAllTextAsync(_neverEnding, "#!/bin/sh\nexec tail -f /dev/null\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_neverEnding, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return _neverEnding;
    }

    private static double Pitch(short[] samples)
    {
        var middle = samples.AsSpan(samples.Length / 3, 48 * 100);
        var (best, lag) = (0.0, 0);
        for (var candidate = 48_000 / 400; candidate < 48_000 / 60; candidate++)
        {
            var sum = 0.0;
            for (var i = 0; i + candidate < middle.Length; i++)
            {
                sum += (double)middle[i] * middle[i + candidate];
            }

            sum /= middle.Length - candidate;
            if (sum > best * 1.02)
            {
                (best, lag) = (sum, candidate);
            }
        }

        return lag == 0 ? 0 : 48_000.0 / lag;
    }
}

/// <summary>Tests that start programs which they have written.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Programs
{
    internal const string Name = "Programs";
}
