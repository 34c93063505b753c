using System.Diagnostics;
using Holdfast.Media;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using SkiaSharp;

namespace Holdfast.Avatar.Tests;

/// <summary>What an avatar plays when it is asked to, and what it does of its own accord.</summary>
public sealed class ActionTests : IDisposable
{
    // 0.4 s: half of it red, half of it blue; with 0.3 s of sound.
    private const string Manifest = """
        { "actions": [ { "name": "wave", "frames": "wave", "sound": "wave.wav" }, { "name": "nod", "frames": "nod", "framesPerSecond": 5, "audiotype": 7 } ],
          "whenSilent": { "afterSeconds": 1, "actions": ["nod", "wave"] } }
        """;

    private readonly short[] _pcm = new short[SoundFormat.SamplesPerFrame];
    private readonly Diary _diary = new();
    private readonly ActionFiles _files = new(Manifest);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task An_action_is_seen_and_heard_to_its_end_before_speech_goes_on()
    {
        WithWaveAndNod();
        using var stage = StageOf(_files);
        await using var show = Make(stage);
        show.Say(new Utterance("a", "") { Action = "wave" });
        show.Say(new Utterance("b", "Three."));
        var seen = new List<string>();
        var sound = 0;

        // What comes next is told with the last piece of what is over, if it is there by then: the places tell them apart.
        while (true)
        {
            Cancel.ThrowIfCancellationRequested();
            var sounds = show.ReadAudio(_pcm);
            if (show.Place > 20)
            {
                break;
            }

            sound += sounds ? 1 : 0;
            if (show.Place != 0)
            {
                Assert.False(show.IsIdle);
                seen.Add(ColorOf(show));
            }

            await Task.Yield();
        }

        Assert.Equal([.. Enumerable.Repeat("red", 10), .. Enumerable.Repeat("blue", 10)], seen);
        Assert.Equal(15, sound);
        Assert.Equal(["started a", "Finished a", "started b"], _diary.Lines.Take(3), StringComparer.Ordinal);
        Assert.Equal("avatar", ColorOf(show));
    }

    [Fact]
    public async Task After_an_outage_it_goes_on_before_where_it_broke_off_sound_and_pictures_together()
    {
        WithWaveAndNod();
        using var stage = StageOf(_files);
        await using var show = Make(stage);
        show.Say(new Utterance("a", "") { Action = "wave" });
        await ReadToAsync(show, place: 15);
        Assert.Equal("blue", ColorOf(show));
        Assert.NotNull(show.Rewind(8));
        await ReadToAsync(show, place: null);
        Assert.InRange(show.Place, 1, 8);
        Assert.Equal("red", ColorOf(show));
        await ReadToAsync(show, place: 20);
        Assert.Equal("blue", ColorOf(show));
    }

    [Fact]
    public async Task An_interruption_ends_it_at_once()
    {
        WithWaveAndNod();
        using var stage = StageOf(_files);
        await using var show = Make(stage);
        show.Say(new Utterance("a", "") { Action = "wave" });
        await ReadToAsync(show, place: 5);
        Assert.Equal("red", ColorOf(show));
        Assert.Equal(1, show.Interrupt());
        show.ReadAudio(_pcm);
        Assert.Equal("avatar", ColorOf(show));
        Assert.False(show.ReadAudio(_pcm));
        Assert.Equal(["started a", "Interrupted a"], _diary.Lines);
    }

    [Fact]
    public async Task In_silence_it_plays_one_after_the_other_and_speech_does_not_wait_for_them()
    {
        WithWaveAndNod();
        using var stage = StageOf(_files);
        await stage.Actions!.PrepareAsync();
        await using var show = Make(stage);
        var seen = new List<string>();
        for (var i = 0; i < 180; i++)
        {
            var sounds = show.ReadAudio(_pcm);
            Assert.Equal(0, show.Place);
            seen.Add(ColorOf(show) + (sounds ? " with sound" : ""));
        }

        // A second of nothing, a nod of 0.4 s, a second of nothing, a wave of which 0.3 s sound, and nothing again.
        var told = seen.Aggregate(new List<(string What, int Count)>(), static (runs, one) =>
        {
            if (runs.Count > 0 && string.Equals(runs[^1].What, one, StringComparison.Ordinal))
            {
                runs[^1] = (one, runs[^1].Count + 1);
            }
            else
            {
                runs.Add((one, 1));
            }

            return runs;
        });
        Assert.Equal(["avatar", "green", "avatar", "red with sound", "blue with sound", "blue", "avatar"], told.Select(static run => run.What), StringComparer.Ordinal);
        Assert.Equal([49, 20, 50, 10, 5, 5], told.Take(6).Select(static run => run.Count));

        while (!string.Equals(ColorOf(show), "green", StringComparison.Ordinal))
        {
            show.ReadAudio(_pcm);
        }

        show.Say(new Utterance("a", "One."));
        await ReadToAsync(show, place: 1);
        Assert.Equal("avatar", ColorOf(show));
        Assert.Equal(["started a"], _diary.Lines);
    }

    [Fact]
    public async Task What_is_wrong_with_an_action_is_one_sentence_and_the_avatar_talks_on()
    {
        using var files = new ActionFiles("""
            { "actions": [ { "name": "gone", "frames": "gone" }, { "name": "empty", "frames": "empty" }, { "name": "text", "frames": "text" }, { "name": "deaf", "frames": "deaf", "sound": "deaf.wav" },
              { "name": "long", "frames": "long" }, { "name": "large", "frames": "large" }, { "name": "film", "video": "film.mp4" }, { "name": "nothing", "video": "nothing.webm" }, { "name": "fine", "frames": "fine" } ] }
            """)
            .WithFrames("empty")
            .WithFrames("text", SKColors.Red)
            .WithFrames("deaf", SKColors.Red)
            .WithFrames("long", [.. Enumerable.Repeat(SKColors.Red, 26)])
            .WithFrames("fine", SKColors.Red, SKColors.Blue);
        File.WriteAllText(Path.Combine(files.Avatar, "text", "1.png"), "this is no picture");
        File.WriteAllText(Path.Combine(files.Avatar, "deaf.wav"), "this is no sound");
        File.WriteAllText(Path.Combine(files.Avatar, "nothing.webm"), "this is no video");
        File.WriteAllText(Path.Combine(files.Avatar, "film.mp4"), "this is not even asked");
        using var stage = StageOf(files, static options => options.ActionSeconds = 1);
        using var withoutFfmpeg = StageOf(files, static options => options.Ffmpeg = "no-such-program");
        foreach (var (name, words) in new[]
        {
            ("gone", "there is no folder"), ("empty", "it has no picture."), ("text", "1.png is no picture that can be read."), ("deaf", "deaf.wav: This is none of the kinds of sound"),
            ("long", "it is longer than 1 s (Holdfast:Avatar:ActionSeconds)."), ("nothing", "ffmpeg cannot read"), ("never", "There is no action never."),
        })
        {
            var result = await stage.Actions!.GetAsync(name);
            Assert.Null(result.Clip);
            Assert.Contains(words, result.Fault, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', result.Fault!);
        }

        Assert.Contains("no-such-program is not installed", (await withoutFfmpeg.Actions!.GetAsync("film")).Fault, StringComparison.Ordinal);
        Assert.Equal((await stage.Actions!.GetAsync("gone")).Fault, stage.Actions.FaultOf("gone"));
        Assert.Null(stage.Actions.FaultOf("fine"));

        await using var show = Make(stage);
        show.Say(new Utterance("a", "") { Action = "gone" });
        show.Say(new Utterance("b", "") { Action = "fine" });
        await ReadUntilAsync(show, "Finished b");
        Assert.Equal(["failed a: Other", "started b", "Finished b"], _diary.Lines);
    }

    [Fact]
    public async Task Actions_take_no_more_memory_than_they_may()
    {
        WithWaveAndNod();
        var budget = new ActionBudget(20_000);
        using var stage = StageOf(_files, configure: null, budget);
        var results = new[] { await stage.Actions!.GetAsync("nod"), await stage.Actions.GetAsync("wave") };
        Assert.NotNull(results[0].Clip);
        Assert.InRange(results[0].Clip!.Bytes, 1, 20_000);
        Assert.Contains("there is no room for it", results[1].Fault, StringComparison.Ordinal);

        // What did not fit was given back.
        budget.Spend(20_000 - results[0].Clip!.Bytes);
        Assert.Throws<ActionException>(() => budget.Spend(1));
    }

    [Theory]
    [InlineData("[]", "it is no JSON object.")]
    [InlineData("{", "cannot be used")]
    [InlineData("""{ "actions": 7 }""", "actions is no list.")]
    [InlineData("""{ "actions": [ { "name": "wave", "frames": "a\u0000b" } ] }""", "cannot be used")]
    [InlineData("""{ "actions": [ { "name": "wave", "frames": "\ud800" } ] }""", "cannot be used")]
    [InlineData("""{ "actions": [ 7 ] }""", "no name")]
    [InlineData("""{ "actions": [ { "name": "Wave!", "frames": "a" } ] }""", "no name")]
    [InlineData("""{ "actions": [ { "name": "wave" } ] }""", "either frames")]
    [InlineData("""{ "actions": [ { "name": "wave", "frames": "a", "video": "b" } ] }""", "either frames")]
    [InlineData("""{ "actions": [ { "name": "wave", "frames": "../../etc" } ] }""", "is not in the avatar's folder.")]
    [InlineData("""{ "actions": [ { "name": "wave", "video": "/etc/passwd" } ] }""", "is not in the avatar's folder.")]
    [InlineData("""{ "actions": [ { "name": "wave", "frames": "a" }, { "name": "wave", "frames": "b" } ] }""", "one name")]
    [InlineData("""{ "actions": [ { "name": "a", "frames": "a", "audiotype": 3 }, { "name": "b", "frames": "b" } ] }""", "one audiotype")]
    [InlineData("""{ "actions": [ { "name": "a", "frames": "a", "audiotype": 1 } ] }""", "a whole number from 2")]
    [InlineData("""{ "actions": [ { "name": "a", "frames": "a", "framesPerSecond": 0 } ] }""", "must be 1 to 60")]
    [InlineData("""{ "actions": [ { "name": "a", "frames": "a" } ], "whenSilent": { "actions": ["a"] } }""", "afterSeconds")]
    [InlineData("""{ "actions": [ { "name": "a", "frames": "a" } ], "whenSilent": { "afterSeconds": 5, "actions": ["b"] } }""", "names of those above")]
    public void A_manifest_that_cannot_be_used_is_told_in_a_sentence(string manifest, string words)
    {
        using var files = new ActionFiles(manifest);
        Assert.False(ActionManifest.TryRead(files.Avatar, out var read, out var error));
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Empty(read.Actions);
        using var stage = StageOf(files);
        Assert.Empty(stage.Description.Actions);
    }

    [Fact]
    public async Task A_video_is_an_action_where_ffmpeg_is_installed()
    {
        using var files = new ActionFiles("""{ "actions": [ { "name": "film", "video": "film.mp4" }, { "name": "mute", "video": "mute.webm" } ] }""");
        await FfmpegAsync("-f", "lavfi", "-i", "color=c=red:s=320x180:r=30:d=1", "-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", Path.Combine(files.Avatar, "film.mp4"));
        await FfmpegAsync("-f", "lavfi", "-i", "color=c=blue:s=64x64:r=10:d=0.5", "-c:v", "libvpx", Path.Combine(files.Avatar, "mute.webm"));
        using var stage = StageOf(files);
        var film = (await stage.Actions!.GetAsync("film")).Clip!;
        Assert.InRange(film.Blocks, 49, 54);
        Assert.InRange(film.Sound.Length, 47_000, 51_000);
        var mute = (await stage.Actions.GetAsync("mute")).Clip!;
        Assert.Equal(0, mute.Sound.Length);
        Assert.InRange(mute.Blocks, 22, 30);
        var picture = new I420Picture(128, 128);
        mute.Draw(3, picture);
        Assert.Equal("blue", ColorOf(picture));
    }

    [Fact]
    public async Task Of_a_video_that_sounds_for_longer_than_an_action_may_take_the_rest_is_left_out_and_the_next_one_is_read()
    {
        using var files = new ActionFiles("""{ "actions": [ { "name": "long", "video": "long.mkv" }, { "name": "mute", "video": "mute.webm" } ] }""");
        await FfmpegAsync("-f", "lavfi", "-i", "color=c=red:s=64x64:r=10:d=0.5", "-f", "lavfi", "-i", "sine=frequency=440:duration=9", "-c:v", "libvpx", "-c:a", "pcm_s16le", Path.Combine(files.Avatar, "long.mkv"));
        await FfmpegAsync("-f", "lavfi", "-i", "color=c=blue:s=64x64:r=10:d=0.5", "-c:v", "libvpx", Path.Combine(files.Avatar, "mute.webm"));
        using var stage = StageOf(files, static options => options.ActionSeconds = 1);
        var clip = (await stage.Actions!.GetAsync("long")).Clip!;
        Assert.InRange(clip.Sound.Length, 47_000, 48_000);
        Assert.NotNull((await stage.Actions.GetAsync("mute")).Clip);
    }

    [Fact]
    public void Actions_have_names_and_numbers_for_programs()
    {
        using var stage = StageOf(_files);
        Assert.Equal([new ShowAction("wave", 2), new ShowAction("nod", 7)], stage.Description.Actions);
    }

    private static async Task FfmpegAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments]) { UseShellExecute = false })!;
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
    }

    private static AvatarStage StageOf(ActionFiles files, Action<AvatarOptions>? configure = null, ActionBudget? budget = null)
    {
        var options = new AvatarOptions { ActionsDirectory = files.Root };
        configure?.Invoke(options);
        var stage = new AvatarStage(Character.All[0], 128);
        stage.Actions = new ActionLibrary("lin", options, stage.Format, budget ?? new ActionBudget(64_000_000), NullLogger.Instance, CancellationToken.None);
        return stage;
    }

    private static string ColorOf(AvatarShow show)
    {
        var picture = new I420Picture(128, 128);
        show.Draw(7, picture);
        return ColorOf(picture);
    }

    /// <summary>BT.601: red is strong in V, blue in U, green weak in both; the avatar has corners of another colour.</summary>
    private static string ColorOf(I420Picture picture)
    {
        var (u, v) = (picture.U[0], picture.V[0]);
        return v > 200 ? "red" : u > 200 ? "blue" : u < 90 && v < 70 ? "green" : "avatar";
    }

    private void WithWaveAndNod() => _files
        .WithFrames("wave", [.. Enumerable.Repeat(SKColors.Red, 5), .. Enumerable.Repeat(SKColors.Blue, 5)])
        .WithTone("wave.wav", 300)
        .WithFrames("nod", new SKColor(0, 255, 0), new SKColor(0, 255, 0));

    private AvatarShow Make(AvatarStage stage) => new(stage, ScriptedVoice.OfTones(300), new AvatarOptions(), _diary, NullLogger.Instance);

    private async Task ReadUntilAsync(AvatarShow show, string line)
    {
        while (!_diary.Has(line))
        {
            Cancel.ThrowIfCancellationRequested();
            show.ReadAudio(_pcm);
            await Task.Yield();
        }
    }

    /// <summary>Reads to a place, or to the next one there is.</summary>
    private async Task ReadToAsync(AvatarShow show, long? place)
    {
        do
        {
            Cancel.ThrowIfCancellationRequested();
            show.ReadAudio(_pcm);
            await Task.Yield();
        }
        while (place is { } wanted ? show.Place != wanted : show.Place == 0);
    }
}
