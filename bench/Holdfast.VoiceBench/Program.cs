// What each voice costs ("flite/slt", "espeak:en", "espeak:zh", "festival", "piper/tiny" and whatever the settings name): processor time for each
// second of speech (its programs' too), how long its first sound takes, and the memory it keeps.
//   dotnet run -c Release --project bench/Holdfast.VoiceBench -- [VOICE...] [--Holdfast:Speech:...=...]
// And what it costs to listen to so many people who speak:
//   dotnet run -c Release --project bench/Holdfast.VoiceBench -- listen [PEOPLE]
// And what sessions cost that speak, so many at a time: voice, lips, pictures and encoding.
//   dotnet run -c Release --project bench/Holdfast.VoiceBench -- speak PEOPLE [VOICE...]
// And what their pictures cost and how good they are, each apart; a folder gets them as they are seen (decoded.yuv):
//   dotnet run -c Release --project bench/Holdfast.VoiceBench -- pictures AVATAR [BITS A SECOND] [FOLDER]
using System.Diagnostics;
using System.Globalization;
using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.VoiceBench;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

string[] english =
[
    "When the network goes away, our conversation waits for you and goes on at the same word.",
    "Nothing that was said is lost, because every packet of speech has its place in the performance.",
    "The quick brown fox jumps over the lazy dog, and twenty-three cats look on.",
    "I am your digital human; ask me whatever you like, and I will try to answer.",
];
string[] chinese = ["网络断开的时候，我们的对话会等着你。", "说过的每一句话都不会丢失，因为每个声音都有自己的位置。", "请随便问我，我会尽量回答。", "今天我们一起看看它是怎么工作的。"];
const int Rounds = 5;

var voices = args.Where(argument => !argument.StartsWith('-')).DefaultIfEmpty("flite/slt").ToArray();

// "piper/tiny" is the real code on the real ONNX runtime with a model of a few bytes: what it costs around a model, and nothing of what a model costs.
var tiny = voices.Contains("piper/tiny", StringComparer.Ordinal) ? Directory.CreateTempSubdirectory("holdfast-voicebench-").FullName : null;
AppDomain.CurrentDomain.ProcessExit += (_, _) =>
{
    if (tiny is not null)
    {
        Directory.Delete(tiny, recursive: true);
    }
};
var settings = new ConfigurationBuilder()
    .AddInMemoryCollection(tiny is null ? [] : [KeyValuePair.Create("Holdfast:Speech:Piper:tiny", (string?)Holdfast.Speech.Tests.TinyVits.Write(tiny))])
    .AddCommandLine([.. args.Where(argument => argument.StartsWith('-'))])
    .Build();
if (voices is ["speak", var speaking, .. var spoken])
{
    await SpeakingBench.RunAsync(settings, [.. spoken.DefaultIfEmpty("flite/slt")], int.Parse(speaking, CultureInfo.InvariantCulture));
    return;
}

if (voices is ["pictures", var shown, .. var more])
{
    await PictureBench.RunAsync(settings, shown, more is [var rate, ..] ? int.Parse(rate, CultureInfo.InvariantCulture) : 900_000, more is [_, var folder, ..] ? folder : null);
    return;
}

await using var services = new ServiceCollection()
    .AddSingleton<IConfiguration>(settings)
    .AddLogging()
    .AddHoldfastSpeech()
    .BuildServiceProvider();
var client = services.GetRequiredService<ITextToSpeechClient>();
if (voices is ["listen", .. var people])
{
    await ListeningBench.RunAsync(client, people is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 20);
    return;
}

Console.WriteLine("| voice | text | core per second of speech | first sound, median | memory kept |");
Console.WriteLine("|---|---|---|---|---|");
foreach (var voice in voices)
{
    // "espeak" has no voices of its own in the list: a language chooses it.
    var (id, texts) = voice switch
    {
        "espeak:zh" => ("female", chinese),
        "espeak:en" => ("espeak/female", english),
        _ => (voice, english),
    };
    var before = Memory();
    await MeasureAsync(id, texts);
    var cpu = Cpu();
    var (sound, first) = (TimeSpan.Zero, new List<double>());
    for (var i = 0; i < Rounds; i++)
    {
        var (seconds, firsts) = await MeasureAsync(id, texts);
        sound += seconds;
        first.AddRange(firsts);
    }

    var used = Cpu() - cpu;
    first.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {voice} | {(texts == chinese ? "zh" : "en")} | {100 * used / sound.TotalSeconds:0.0} % | {first[first.Count / 2]:0} ms | {(Memory() - before) / 1024.0 / 1024:0.0} MB |"));
}

async Task<(TimeSpan Sound, List<double> First)> MeasureAsync(string id, string[] texts)
{
    var (samples, firsts) = (TimeSpan.Zero, new List<double>());
    foreach (var text in texts)
    {
        var start = Stopwatch.GetTimestamp();
        var isFirst = true;
        await foreach (var update in client.GetStreamingAudioAsync(text, new TextToSpeechOptions { VoiceId = id }))
        {
            foreach (var content in update.Contents)
            {
                if (content is DataContent data)
                {
                    if (isFirst)
                    {
                        firsts.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                        isFirst = false;
                    }

                    var reader = new WavReader();
                    var count = reader.Read(data.Data.Span, new short[WavReader.GetMaxSamples(data.Data.Length)]);
                    samples += TimeSpan.FromSeconds(reader.SampleRate > 0 ? (double)count / reader.SampleRate : data.Data.Length / 48_000.0);
                }
                else if (content is not (SpokenWords or SpokenPhonemes))
                {
                    throw new InvalidOperationException($"The voice {id} did not speak: another one did.");
                }
            }
        }
    }

    return (samples, firsts);
}

// Seconds of this process and of those it started and waited for (proc(5): utime, stime, cutime, cstime, in hundredths).
static double Cpu()
{
    var fields = File.ReadAllText("/proc/self/stat").Split(") ")[1].Split(' ');
    return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / 100;
}

static long Memory()
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
    using var process = Process.GetCurrentProcess();
    return process.PrivateMemorySize64;
}
