using System.Diagnostics;
using System.Globalization;
using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace Holdfast.VoiceBench;

/// <summary>What it costs to listen to people who speak without a pause: Opus decoding and voice activity. What recognises them is not in it.</summary>
internal sealed class ListeningBench : IEarObserver
{
    private const int Seconds = 20;
    private const int PacketsASecond = 50;

    private int _voiced;

    /// <param name="voice">Says what is listened to.</param>
    /// <param name="people">How many at a time.</param>
    public static async Task RunAsync(ITextToSpeechClient voice, int people)
    {
        var packets = Encode(await SpeakAsync(voice));
        using var model = new SileroModel();

        // Without threads the ears do their work here, where it is measured.
        var threads = new ListeningThreads(0);
        var bench = new ListeningBench();
        using (var first = new Ear(threads, model, bench))
        {
            Listen([first], packets, seconds: 2);
        }

        var (managed, all) = Memory();
        Ear[] ears = [.. Enumerable.Range(0, people).Select(_ => new Ear(threads, model, bench))];
        Listen(ears, packets, seconds: 2);
        var (managedThen, allThen) = Memory();
        bench._voiced = 0;
        var used = Process.GetCurrentProcess().TotalProcessorTime;
        var heard = Listen(ears, packets, Seconds);
        used = Process.GetCurrentProcess().TotalProcessorTime - used;
        foreach (var ear in ears)
        {
            ear.Dispose();
        }

        Console.WriteLine("| listening to people who speak | result |");
        Console.WriteLine("|---|---|");
        Row($"{people} of them, {Seconds} s each, of which voice", $"{100.0 * bench._voiced / (heard / (HearingFormat.FrameSamples / 320.0)):0} %");
        Row($"of a core for each (the aim: 1.5 %)", $"{100 * used.TotalSeconds / people / Seconds:0.00} %");
        Row($"managed memory for each", $"{(managedThen - managed) / 1024.0 / people:0} KiB");
        Row($"private memory for each, all of the process counted", $"{(allThen - all) / 1024.0 / people:0} KiB");
    }

    void IEarObserver.OnFrame(ReadOnlySpan<short> frame, float probability) => _voiced += probability > 0.5f ? 1 : 0;

    void IEarObserver.OnMissing(int? samples)
    {
    }

    void IEarObserver.OnFault(Exception exception) => throw new InvalidOperationException("Listening failed.", exception);

    /// <returns>How many packets were listened to, of all.</returns>
    private static long Listen(Ear[] ears, byte[][] packets, int seconds)
    {
        var before = ears.Sum(static ear => ear.Heard);
        for (var i = 0; i < seconds * PacketsASecond; i++)
        {
            foreach (var ear in ears)
            {
                ear.Receive(packets[i % packets.Length], (uint)(i * SoundFormat.SamplesPerFrame), lostBefore: 0);
                ear.Work();
            }
        }

        return ears.Sum(static ear => ear.Heard) - before;
    }

    private static byte[][] Encode(short[] sound)
    {
        using var encoder = new OpusEncoder();
        return [.. sound.Chunk(SoundFormat.SamplesPerFrame).Where(static frame => frame.Length == SoundFormat.SamplesPerFrame).Select(frame => encoder.Encode(frame).ToArray())];
    }

    private static async Task<short[]> SpeakAsync(ITextToSpeechClient voice)
    {
        var sound = new List<short>();
        var decoder = new SpeechDecoder(samples => sound.AddRange(samples));
        await foreach (var update in voice.GetStreamingAudioAsync("When the network goes away, our conversation waits for you, and goes on at the same word.", new TextToSpeechOptions { VoiceId = "female" }))
        {
            foreach (var content in update.Contents.OfType<DataContent>())
            {
                decoder.Push(content);
            }
        }

        decoder.Flush();
        return [.. sound];
    }

    private static (long Managed, long Private) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), process.PrivateMemorySize64);
    }

    private static void Row(FormattableString what, FormattableString result) =>
        Console.WriteLine($"| {what.ToString(CultureInfo.InvariantCulture)} | {result.ToString(CultureInfo.InvariantCulture)} |");
}
