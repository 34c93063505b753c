using System.ComponentModel.DataAnnotations;

namespace Holdfast.Speech;

/// <summary>Settings of listening, under <c>Holdfast:Listening</c>. Nothing listens until a recogniser is named here, or the app registers one.</summary>
public sealed class ListeningOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Listening";

    /// <summary>
    /// A service with OpenAI's <c>/v1/audio/transcriptions</c>: its address up to and with the version, such as http://localhost:8000/v1. Default: none.
    /// </summary>
    public string? BaseUrl { get; set; }

    /// <summary>The model's name there. Default: gpt-4o-mini-transcribe.</summary>
    [Required]
    public string Model { get; set; } = "gpt-4o-mini-transcribe";

    /// <summary>The service's key. Better kept in <see cref="KeyVariable"/>.</summary>
    public string? Key { get; set; }

    /// <summary>The environment variable that holds the key.</summary>
    public string? KeyVariable { get; set; }

    /// <summary>Whether the service is asked to send words as it finds them; one that cannot sends them all at once. Default: yes.</summary>
    public bool Streams { get; set; } = true;

    /// <summary>
    /// The path of a Whisper model in whisper.cpp's format (ggml), which recognises on this machine; instead of <see cref="BaseUrl"/>. Default: none.
    /// </summary>
    public string? WhisperModel { get; set; }

    /// <summary>How many sounds Whisper works on at a time, of all sessions; 0: one for each eight processors, one at least. Default: 0.</summary>
    [Range(0, 64)]
    public int WhisperAtOnce { get; set; }

    /// <summary>How many threads Whisper takes for a sound; 0: a half of the processors, four at the most. Default: 0.</summary>
    [Range(0, 64)]
    public int WhisperThreads { get; set; }

    /// <summary>The language people speak, such as "en" or "zh"; empty where the recogniser is to find out. Default: none.</summary>
    [RegularExpression("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", ErrorMessage = "Holdfast:Listening:Language must be a language tag such as en or zh-CN.")]
    public string? Language { get; set; }

    /// <summary>How likely a sound must be a voice, 0.1 to 0.95. Default: 0.5.</summary>
    [Range(0.1, 0.95)]
    public double Threshold { get; set; } = 0.5;

    /// <summary>The silence that ends a turn, in milliseconds. Default: 500.</summary>
    [Range(200, 5_000)]
    public int EndOfTurnMilliseconds { get; set; } = 500;

    /// <summary>The silence that ends a turn after words that nobody ends with ("and", a comma), in milliseconds. Default: 1,200.</summary>
    [Range(200, 10_000)]
    public int OpenEndMilliseconds { get; set; } = 1_200;

    /// <summary>How long an avatar that was spoken into stands still without a word being recognised before it goes on, in milliseconds. Default: 1,500.</summary>
    [Range(300, 10_000)]
    public int FalseAlarmMilliseconds { get; set; } = 1_500;

    /// <summary>
    /// How often the words so far are recognised while somebody speaks without a pause, in milliseconds; 0: only at pauses. Each time, all of the turn is sent to
    /// the recogniser. Default: 1,000.
    /// </summary>
    [Range(0, 10_000)]
    public int PartialMilliseconds { get; set; } = 1_000;

    /// <summary>The longest turn, in seconds; what is longer is cut there and answered. Default: 60.</summary>
    [Range(5, 300)]
    public int MaxTurnSeconds { get; set; } = 60;

    /// <summary>How long a recogniser may take, in seconds. Default: 10.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>How much is recognised at a time, of all sessions; the rest waits. Default: 16.</summary>
    [Range(1, 1_000)]
    public int MaxAtOnce { get; set; } = 16;
}
