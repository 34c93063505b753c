using System.Text;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech.Tests.Listening;

/// <summary>Recognition on this machine: the real whisper.cpp, with a model that is small enough to be written by the test.</summary>
public sealed class WhisperTests : IDisposable
{
    private static readonly string[] English = [" Hello", " there", "."];
    private static readonly string[] Chinese = ["你", "好", "。"];

    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-whisper-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("en", "Hello there.")]
    [InlineData("en-GB", "Hello there.")]
    [InlineData("zh-CN", "你好。")]
    [InlineData(null, "Hello there.")]
    public async Task The_words_of_a_sound_come_back_in_the_language_that_is_spoken(string? language, string words)
    {
        using var recogniser = Recogniser(TinyWhisper.Write(_directory, English, Chinese), language);
        Assert.Equal(words, await RecogniseAsync(recogniser));
    }

    [Fact]
    public async Task A_model_for_English_is_asked_for_nothing_else()
    {
        using var recogniser = Recogniser(TinyWhisper.Write(_directory, English));
        Assert.Equal("Hello there.", await RecogniseAsync(recogniser));
    }

    [Theory]
    [InlineData(" Thank", " you", ".", false, "Thank you.")]
    [InlineData(" Thank", " you", ".", true, "")]
    [InlineData(" Come", " in", ".", true, "Come in.")]
    [InlineData(" [", "BLANK_AUDIO", "]", false, "")]
    [InlineData(" (", "soft music", ")", false, "")]
    [InlineData(" ♪", " la", " ♪", true, "la")]
    [InlineData("字幕", "由", "Amara.org社区提供", false, "")]
    public async Task What_it_writes_where_nobody_spoke_is_no_word(string one, string two, string three, bool isSilence, string words)
    {
        using var recogniser = Recogniser(TinyWhisper.Write(_directory, [one, two, three], isSilence: isSilence));
        Assert.Equal(words, await RecogniseAsync(recogniser));
    }

    [Theory]
    [InlineData("thank you very much", 0.7f, 0.9f, false)]
    [InlineData("thank you very much", 0.2f, 0.9f, true)]
    [InlineData("Turn left.", 0.7f, 0.4f, false)]
    [InlineData("Turn left.", 0.7f, 0.9f, true)]
    [InlineData("Turn left.", 0.1f, 0.2f, true)]
    [InlineData("谢谢大家！", 0.61f, 0.99f, false)]
    [InlineData("...", 0f, 1f, false)]
    public void How_likely_nobody_spoke_decides_about_words_that_are_written_into_silence(string text, float noSpeech, float probability, bool wasSaid) =>
        Assert.Equal(wasSaid, WhisperWords.WasSaid(text, noSpeech, probability));

    [Fact]
    public async Task Many_who_speak_at_once_wait_in_line_and_are_all_understood()
    {
        using var recogniser = Recogniser(TinyWhisper.Write(_directory, English, Chinese), "en");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RecogniseAsync(recogniser))), static words => Assert.Equal("Hello there.", words));
    }

    [Fact]
    public async Task What_is_given_up_leaves_the_line_and_the_next_is_understood()
    {
        using var recogniser = Recogniser(TinyWhisper.Write(_directory, English, Chinese), "en");
        using var givenUp = new CancellationTokenSource();
        var before = Enumerable.Range(0, 3).Select(_ => RecogniseAsync(recogniser, givenUp.Token)).ToArray();
        await givenUp.CancelAsync();
        foreach (var unwanted in before)
        {
            // One of them may have been done already.
            await unwanted.ContinueWith(static _ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
            Assert.True(unwanted.IsCanceled || unwanted.IsCompletedSuccessfully, unwanted.Exception?.ToString());
        }

        Assert.Equal("Hello there.", await RecogniseAsync(recogniser));
    }

    [Fact]
    public async Task A_model_that_vanished_since_the_start_is_a_recogniser_that_fails()
    {
        var path = TinyWhisper.Write(_directory, English);
        File.Delete(path);
        using var recogniser = Recogniser(path);
        var failure = await Assert.ThrowsAsync<RecognitionException>(() => RecogniseAsync(recogniser));
        Assert.Contains("not there", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_model_is_found_whole()
    {
        Assert.False(Read(TinyWhisper.Write(_directory, English), out var problem)!.IsMultilingual);
        Assert.Null(problem);
        Assert.True(Read(TinyWhisper.Write(_directory, English, Chinese), out problem)!.IsMultilingual);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("", "empty, or no file")]
    [InlineData("gg", "its first number")]
    [InlineData("no model at all", "does not begin with 'ggml'")]
    [InlineData("GGUF and so on", "GGUF")]
    [InlineData("PK\u0003\u0004 a model of PyTorch", "PyTorch")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "Git LFS")]
    [InlineData("<!DOCTYPE html>", "web page")]
    public void A_file_that_is_no_model_is_told_for_what_it_is(string content, string said)
    {
        var path = Path.Combine(_directory, "ggml-base.bin");
        File.WriteAllText(path, content);
        Assert.Null(Read(path, out var problem));
        Assert.Contains(said, problem, StringComparison.Ordinal);
        Assert.Contains(path, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 51_863)]
    [InlineData(0, 51_867)] // more languages than whisper.cpp has names for
    [InlineData(0, int.MaxValue)]
    [InlineData(1, 0)]
    [InlineData(1, 1_000_000)]
    [InlineData(2, -32)]
    [InlineData(2, 64)]
    [InlineData(3, 5)]
    [InlineData(4, 2)]
    [InlineData(4, 1_000)]
    [InlineData(5, 0)]
    [InlineData(6, 16)]
    [InlineData(7, 3)]
    [InlineData(8, 7)]
    [InlineData(9, 128)]
    [InlineData(10, -1)]
    [InlineData(10, 4)] // no type
    [InlineData(10, 5)]
    [InlineData(10, 12)] // in blocks of 256, and the layers are 32 wide
    [InlineData(10, 999)]
    [InlineData(10, 2_004)]
    public void A_header_that_cannot_be_is_refused(int number, int value)
    {
        var path = Change(bytes => BitConverter.TryWriteBytes(bytes.AsSpan(4 + (4 * number)), value));
        Assert.Null(Read(path, out var problem));
        Assert.Contains("no whole ggml model", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_cut_off_anywhere_is_refused()
    {
        var whole = File.ReadAllBytes(TinyWhisper.Write(_directory, English));
        var path = Path.Combine(_directory, "cut.bin");
        foreach (var length in new[] { 3, 4, 20, 47, 48, 55, 60_000, 64_376, 64_380, 64_400, 70_000, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(Read(path, out var problem));
            Assert.Contains("copied to its end", problem, StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.Null(Read(path, out _));
    }

    [Fact]
    public void A_vocabulary_without_a_space_is_refused_since_native_code_would_end_the_process()
    {
        // Behind magic, header and filters: the number of words, the length of the first, and the first.
        var path = Change(static bytes => bytes[4 + 44 + 8 + (80 * 201 * 4) + 8] = (byte)'_');
        Assert.Null(Read(path, out var problem));
        Assert.Contains("no space", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(4_096)]
    public void Filters_of_another_length_are_refused_since_native_code_would_write_beyond_them(int length)
    {
        var path = Change(bytes => BitConverter.TryWriteBytes(bytes.AsSpan(4 + 44 + 4), length));
        Assert.Null(Read(path, out var problem));
        Assert.Contains("the filters' length", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.ln_post.bias", "encoder.ln_post.biaz")]
    [InlineData("decoder.blocks.0.mlp_ln.bias", "decoder.blocks.1.mlp_ln.bias")]
    [InlineData("decoder.blocks.0.attn.query.bias", "decoder.blocks.0.attn.value.bias")] // twice, and another one missing
    [InlineData("encoder.conv1.bias", "encoder.conv2.bias")]
    public void Tensors_are_those_that_the_header_promises_each_once(string name, string other)
    {
        var path = Change(bytes => Encoding.ASCII.GetBytes(other).CopyTo(bytes, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name))));
        Assert.Null(Read(path, out var problem));
        Assert.Contains("not one of a model with this header", problem, StringComparison.Ordinal);
    }

    /// <summary>Native code asks for memory by the header, before it looks at a tensor.</summary>
    [Theory]
    [InlineData(3 * sizeof(int), 16)]
    [InlineData(4 * sizeof(int), 32)]
    public void Tensors_have_the_sizes_that_the_header_promises(int at, int size)
    {
        // The first one: number of dimensions, length of its name, type, and 32 x 64.
        var path = Change(bytes =>
        {
            var name = bytes.AsSpan().IndexOf("encoder.positional_embedding"u8);
            BitConverter.TryWriteBytes(bytes.AsSpan(name - (5 * sizeof(int)) + at), size);
        });
        Assert.Null(Read(path, out var problem));
        Assert.Contains("32 x 64", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_no_file_and_a_link_to_one_is_not_either()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var (pipe, link) = (Path.Combine(_directory, "pipe"), Path.Combine(_directory, "link"));
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            await mkfifo.WaitForExitAsync(Cancel);
        }

        File.CreateSymbolicLink(link, pipe);
        foreach (var path in new[] { pipe, link, "/dev/null" })
        {
            Assert.Null(Read(path, out var problem));
            Assert.Contains("empty, or no file", problem, StringComparison.Ordinal);
        }

        var whole = Path.Combine(_directory, "whole");
        File.CreateSymbolicLink(whole, TinyWhisper.Write(_directory, English));
        Assert.NotNull(Read(whole, out _));
    }

    [Fact]
    public void A_missing_file_a_directory_and_one_that_may_not_be_read_are_told_apart()
    {
        Assert.Null(Read(Path.Combine(_directory, "gone.bin"), out var problem));
        Assert.Contains("not there", problem, StringComparison.Ordinal);
        Assert.Null(Read(Path.Combine(_directory, "no", "such.bin"), out problem));
        Assert.Contains("not there", problem, StringComparison.Ordinal);
        Assert.Null(Read(_directory, out problem));
        Assert.Contains("names a directory", problem, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux() && !Environment.IsPrivilegedProcess)
        {
            var path = TinyWhisper.Write(_directory, English);
            File.SetUnixFileMode(path, UnixFileMode.None);
            Assert.Null(Read(path, out problem));
            Assert.Contains("may not read", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_start_names_the_setting_that_does_not_fit()
    {
        var english = TinyWhisper.Write(_directory, English);
        Assert.Null(WrongWith(new ListeningOptions { WhisperModel = english, Language = "en-US" }));
        Assert.Null(WrongWith(new ListeningOptions { WhisperModel = english }));
        Assert.Contains(
            "Holdfast:Listening:Language is zh-CN", WrongWith(new ListeningOptions { WhisperModel = english, Language = "zh-CN" }), StringComparison.Ordinal);
        Assert.Contains(
            "keep one", WrongWith(new ListeningOptions { WhisperModel = english, BaseUrl = "http://localhost:1/v1" }), StringComparison.Ordinal);
        var many = TinyWhisper.Write(_directory, English, Chinese);
        Assert.Null(WrongWith(new ListeningOptions { WhisperModel = many, Language = "zh-CN" }));
        Assert.Null(WrongWith(new ListeningOptions { WhisperModel = many, Language = "yue" }));
        Assert.Contains("Whisper does not know", WrongWith(new ListeningOptions { WhisperModel = many, Language = "tlh" }), StringComparison.Ordinal);
        Assert.StartsWith("Holdfast:Listening:WhisperModel names a directory", WrongWith(new ListeningOptions { WhisperModel = _directory }), StringComparison.Ordinal);
    }

    private static string? WrongWith(ListeningOptions options) => new RecogniserSettingsValidator().Validate(name: null, options).FailureMessage;

    private static WhisperModelFile? Read(string path, out string? problem) => WhisperModelFile.Read(path, out problem);

    private static Recogniser Recogniser(string path, string? language = null) =>
        new(new WhisperSpeechToTextClient(path, threads: 1, atOnce: 1), new ListeningOptions { Language = language, TimeoutSeconds = 120 }, TimeProvider.System);

    /// <summary>A second of a tone: the model is deaf.</summary>
    private static Task<string> RecogniseAsync(Recogniser recogniser, CancellationToken? cancel = null)
    {
        var sound = new short[HearingFormat.SampleRate];
        for (var i = 0; i < sound.Length; i++)
        {
            sound[i] = (short)(3_000 * Math.Sin(i * 0.2));
        }

        return recogniser.RecogniseAsync(sound, isFinal: false, onPartial: null, cancel ?? Cancel);
    }

    private string Change(Action<byte[]> change)
    {
        var path = TinyWhisper.Write(_directory, English);
        var bytes = File.ReadAllBytes(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
