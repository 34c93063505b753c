using Holdfast.Media;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech.Tests;

/// <remarks>
/// Alone: a program that was just written cannot be started while another thread, starting one of its own, still has the open
/// file inherited ("text file busy").
/// </remarks>
[Collection(Programs.Name)]
public sealed class EspeakTests : IDisposable
{
    private readonly string _program = Path.Combine(Path.GetTempPath(), $"holdfast-program-{Guid.NewGuid():N}.sh");

    public void Dispose() => File.Delete(_program);

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

    /// <remarks>In [[ ]] espeak-ng takes phonemes: "[[Page]]" was silence.</remarks>
    [Fact]
    public async Task A_text_is_never_an_instruction_to_the_voice() =>
        Assert.Equal((await Espeak.SayAsync("Page")).Length, (await Espeak.SayAsync("[[Page]]")).Length);

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
        Assert.Equal(UtteranceFault.VoiceMissing, e.Fault);
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
        Assert.Equal(UtteranceFault.VoiceTooSlow, e.Fault);
    }

    [Fact]
    public async Task A_voice_that_floods_its_errors_is_bounded_and_its_first_and_last_words_are_for_the_log()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // 64 MB, and then it fails.
        var program = await ProgramAsync("echo 'first words' >&2; head -c 67108864 /dev/zero | tr '\\0' x >&2; echo ' last words' >&2; exit 3");
        var espeak = new EspeakProcess(program, TimeSpan.FromSeconds(60), TimeProvider.System);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var e = await Assert.ThrowsAsync<SpeechException>(
            () => espeak.SpeakAsync("Hello", new EspeakVoice("en-us", 160, 50, 100), TestContext.Current.CancellationToken));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 16 * 1024 * 1024);
        Assert.Equal(UtteranceFault.VoiceFailed, e.Fault);
        Assert.Contains("exit code 3", e.Message, StringComparison.Ordinal);
        Assert.Contains("first words", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("last words", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 0, (2 * FirstAndLast.KeptBytes) + 200);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task A_voice_that_never_stops_sounding_is_cut_off_and_ended()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // The header of a WAV file whose length is not known (22.05 kHz, 16 bit, mono), and sound without end.
        const string header =
            @"RIFF\377\377\377\377WAVEfmt \020\000\000\000\001\000\001\000\042\126\000\000\104\254\000\000\002\000\020\000data\377\377\377\377";
        var program = await ProgramAsync($"printf '{header}'; exec cat /dev/zero");
        var espeak = new EspeakProcess(program, TimeSpan.FromSeconds(60), TimeProvider.System);
        var (samples, rate) = await espeak.SpeakAsync("Hello", new EspeakVoice("en-us", 160, 50, 100), TestContext.Current.CancellationToken);
        Assert.Equal(22_050, rate);
        Assert.Equal(22_050 * 120, samples.Length);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(FirstAndLast.KeptBytes)]
    [InlineData(FirstAndLast.KeptBytes + 1)]
    [InlineData(2 * FirstAndLast.KeptBytes)]
    [InlineData((2 * FirstAndLast.KeptBytes) + 1)]
    [InlineData(100_000)]
    public void The_first_and_the_last_of_what_a_program_says_is_kept_and_the_rest_is_counted(int length)
    {
        var said = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        var kept = new FirstAndLast();
        for (var at = 0; at < length; at += 700)
        {
            kept.Add(System.Text.Encoding.ASCII.GetBytes(said[at..Math.Min(length, at + 700)]));
        }

        var leftOut = length - (2 * FirstAndLast.KeptBytes);
        Assert.Equal(
            leftOut <= 0 ? said : $"{said[..FirstAndLast.KeptBytes]} [{leftOut} bytes left out] {said[^FirstAndLast.KeptBytes..]}",
            kept.ToString());
    }

    private Task<string> NeverEndingProgramAsync() => ProgramAsync("exec tail -f /dev/null");

    private async Task<string> ProgramAsync(string script)
    {
        await File.WriteAllTextAsync(_program, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return _program;
    }

    internal static double Pitch(short[] samples)
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
