using System.ComponentModel.DataAnnotations;

namespace Holdfast.Dialogue;

/// <summary>Settings of conversations, under <c>Holdfast:Dialogue</c>.</summary>
public sealed class DialogueOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Dialogue";

    /// <summary>The model that is asked where a session chose none: a name of <see cref="Models"/>. Default: the first; with none, the offline companion.</summary>
    public string? DefaultModel { get; set; }

    /// <summary>The models there are, by a name of one's own.</summary>
    public IDictionary<string, ModelOptions> Models { get; } = new Dictionary<string, ModelOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Servers of the Model Context Protocol whose tools every model may call, by a name of one's own.</summary>
    public IDictionary<string, ToolServerOptions> ToolServers { get; } = new Dictionary<string, ToolServerOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the model is told about itself. Default: a friendly avatar that speaks in short sentences.</summary>
    public string? Instructions { get; set; }

    /// <summary>The same by avatar, in place of <see cref="Instructions"/>.</summary>
    public IDictionary<string, string> InstructionsByAvatar { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The language that an avatar hears and answers in, by avatar, such as "en" or "zh-CN": the recogniser and the model are told, and what the avatar says on
    /// its own account is in it (in Chinese, or else in English). Default: that of the person.
    /// </summary>
    public IDictionary<string, string> LanguageByAvatar { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How much a model is told at once, in tokens, about: its instructions and tools, which may take three quarters of it, what was said, and what tools answered.
    /// What was said longest ago is left out first. Default: 4,000.
    /// </summary>
    [Range(200, 1_000_000)]
    public int HistoryTokens { get; set; } = 4_000;

    /// <summary>How long a model may take to its first word, and between two words, in seconds. Default: 20.</summary>
    [Range(1, 600)]
    public int ModelTimeoutSeconds { get; set; } = 20;

    /// <summary>How long a tool may take before the avatar says a short filler, in milliseconds; 0: it never does. Default: 1,500.</summary>
    [Range(0, 60_000)]
    public int FillerAfterMilliseconds { get; set; } = 1_500;

    /// <summary>How long a tool may take, in seconds. Default: 30.</summary>
    [Range(1, 600)]
    public int ToolTimeoutSeconds { get; set; } = 30;

    /// <summary>How much of one tool's result a model is told, in tokens, about. What is more is cut, and the model told so. Default: 1,000.</summary>
    [Range(50, 1_000_000)]
    public int ToolResultTokens { get; set; } = 1_000;

    /// <summary>
    /// How much of an answer is kept that nobody could hear yet, in UTF-16 units. While a session is held a model writes on up to this, then it
    /// has to wait. Default: 4,000.
    /// </summary>
    [Range(200, 1_000_000)]
    public int MaxWaitingText { get; set; } = 4_000;

    /// <summary>The language of an avatar; null where it is the person's.</summary>
    internal string? LanguageOf(string avatar) => LanguageByAvatar.TryGetValue(avatar, out var language) && language.Length > 0 ? language : null;

    internal TimeSpan ModelTimeout => TimeSpan.FromSeconds(ModelTimeoutSeconds);

    internal TimeSpan ToolTimeout => TimeSpan.FromSeconds(ToolTimeoutSeconds);
}

/// <summary>A model that is reached over HTTP and speaks the protocol of OpenAI's chat completions.</summary>
public sealed class ModelOptions
{
    /// <summary>Where it is, such as https://api.deepseek.com/v1 or http://localhost:11434/v1. Default: OpenAI's own.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>The model's name there. Required.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>The key. Better kept in <see cref="KeyVariable"/>.</summary>
    public string? Key { get; set; }

    /// <summary>The environment variable that holds the key.</summary>
    public string? KeyVariable { get; set; }

    /// <summary>Whether the service is Azure OpenAI: the key goes into the header api-key, and an api-version is sent. Default: no.</summary>
    public bool IsAzure { get; set; }

    /// <summary>Azure's api-version. Default: "preview" of the v1 API.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>What people read. Default: the name.</summary>
    public string? DisplayName { get; set; }

    /// <summary>0 to 2. Default: the service's own.</summary>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>The longest answer in tokens. Default: the service's own.</summary>
    [Range(1, 1_000_000)]
    public int? MaxOutputTokens { get; set; }

    /// <summary>Whether it can call tools. Default: yes.</summary>
    public bool Tools { get; set; } = true;
}

/// <summary>A server of the Model Context Protocol: a program that is started, or an address.</summary>
public sealed class ToolServerOptions
{
    /// <summary>The program. Either this or <see cref="Url"/>.</summary>
    public string? Command { get; set; }

    /// <summary>Its arguments: one by one (<c>Arguments:0</c>), or, where none has a blank in it, as one string with blanks between them.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>The address (streamable HTTP).</summary>
    public string? Url { get; set; }
}
