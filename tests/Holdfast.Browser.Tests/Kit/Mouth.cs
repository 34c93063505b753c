using System.Diagnostics;

namespace Holdfast.Browser.Kit;

/// <summary>What a browser's microphone hears, each time it is opened: a short silence, and a sentence.</summary>
internal sealed class Mouth : IDisposable
{
    private Mouth(string path) => Path = path;

    /// <summary>The WAV file.</summary>
    public string Path { get; }

    public static async Task<Mouth> SayAsync(string text)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"holdfast-mouth-{Guid.NewGuid():N}.wav");
        var start = new ProcessStartInfo("espeak-ng", ["-w", path, "-m", $"<break time=\"700ms\"/>{text}<break time=\"200ms\"/>"]);
        using var voice = Process.Start(start) ?? throw new InvalidOperationException("espeak-ng did not start.");
        await voice.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Mouth(path);
    }

    public void Dispose() => File.Delete(Path);
}
