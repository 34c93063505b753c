using System.Diagnostics;
using System.Globalization;
using Holdfast.Avatar;
using Holdfast.Media;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.VoiceBench;

/// <summary>What a session costs while it speaks: voice, lips, drawing and encoding, as a share of a core, and the memory of it.</summary>
internal static class SpeakingBench
{
    // What is compiled or painted once is over by then, and is not counted.
    private const int WarmUpSeconds = 10;
    private const int Seconds = 40;

    // Enough for all of the time: the shortest takes twelve seconds.
    private const int Utterances = 5;

    // From one speaker's place in the idle motion to the next one's, ticks: no two look alike at the same moment.
    private const int Apart = 74;

    private const string Text =
        "When the network goes away, our conversation waits for you and goes on at the same word. Nothing that was said is lost, because every packet "
        + "of speech has its place in the performance. The quick brown fox jumps over the lazy dog, and twenty-three cats look on.";

    private const string ChineseText = "网络断开的时候，我们的对话会等着你。说过的每一句话都不会丢失，因为每个声音都有自己的位置。请随便问我，我会尽量回答。今天我们一起看看它是怎么工作的。";

    public static async Task RunAsync(IConfiguration settings, string[] voices, int people)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(settings)
            .AddLogging()
            .AddHoldfastAvatar()
            .BuildServiceProvider();
        var shows = services.GetRequiredService<AvatarShowFactory>();
        Console.WriteLine("| voice | of a core while it speaks | managed memory of a session | private memory of a session |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var voice in voices)
        {
            // What all share is there before anything is counted.
            await SpeakAsync(shows, voice, people: 2, WarmUpSeconds);
            var (managed, resident) = (GC.GetTotalMemory(forceFullCollection: true), Private());
            var (cpu, managedThen, privateThen) = await SpeakAsync(shows, voice, people, Seconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {voice} | {100 * cpu / people / Seconds:0.0} % | {(managedThen - managed) / 1024.0 / people:0} KiB | {(privateThen - resident) / 1024.0 / people:0} KiB |"));
        }
    }

    private static async Task<(double Cpu, long Managed, long Private)> SpeakAsync(AvatarShowFactory shows, string voice, int people, int seconds)
    {
        var (id, text) = voice switch
        {
            "espeak:zh" => ("female", ChineseText),
            "espeak:en" => ("espeak/female", Text),
            _ => (voice, Text),
        };
        var speakers = new List<(IRenderableShow Show, ShowStream Stream)>();
        var observer = new Nobody();
        for (var i = 0; i < people; i++)
        {
            var show = shows.Create("lin", observer);
            ((IAdjustableShow)show).Adjust(new ShowAdjustment { Voice = id });
            speakers.Add(((IRenderableShow)show, new ShowStream(show, new ShowStreamOptions { VideoBitrate = 900_000 })));
            for (var said = 0; said < Utterances; said++)
            {
                // Nor do they say the same at the same moment.
                show.Say(new Utterance($"{said}", $"{i * 111} {text}"));
            }
        }

        var (cpu, managed, resident) = (0.0, 0L, 0L);
        var warm = WarmUpSeconds * MediaTick.PerSecond;
        for (var index = 0L; index < warm + (seconds * MediaTick.PerSecond); index++)
        {
            cpu = index == warm ? Cpu() : cpu;
            for (var i = 0; i < people; i++)
            {
                var (show, stream) = speakers[i];
                while (!show.IsReady)
                {
                    await Task.Delay(1);
                }

                stream.Tick(new MediaTick(index + (i * Apart)), observer);
                (show as IRewindableShow)?.Release(long.MaxValue);
            }

            if (index == warm + (seconds * MediaTick.PerSecond / 2))
            {
                (managed, resident) = (GC.GetTotalMemory(forceFullCollection: true), Private());
            }
        }

        cpu = Cpu() - cpu;
        foreach (var (show, stream) in speakers)
        {
            stream.Dispose();
            await show.DisposeAsync();
        }

        return (cpu, managed, resident);
    }

    private static long Private()
    {
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }

    /// <summary>Seconds of this process and of those it started and waited for.</summary>
    private static double Cpu()
    {
        var fields = File.ReadAllText("/proc/self/stat").Split(") ")[1].Split(' ');
        return fields[11..15].Sum(static field => double.Parse(field, CultureInfo.InvariantCulture)) / 100;
    }
}
