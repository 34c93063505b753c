using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Holdfast.Dialogue;

/// <summary>A model that a session may choose.</summary>
/// <param name="Name">For programs.</param>
/// <param name="DisplayName">For people.</param>
/// <param name="IsOffline">Whether it is the companion that comes with Holdfast and knows next to nothing.</param>
internal sealed record ModelDescription(string Name, string DisplayName, bool IsOffline);

/// <summary>The models there are, by name.</summary>
internal interface IModelDirectory
{
    /// <summary>The default first; at least one.</summary>
    IReadOnlyList<ModelDescription> Models { get; }

    /// <summary>A model, or null where there is none of this name.</summary>
    ChatModel? Find(string? name);
}

/// <summary>A model and how it is asked.</summary>
/// <param name="Description">What it is called.</param>
/// <param name="Client">Asks it, without calling tools by itself.</param>
/// <param name="Temperature">0 to 2, or the service's own.</param>
/// <param name="MaxOutputTokens">The longest answer, or the service's own.</param>
/// <param name="CallsTools">Whether it is told of tools.</param>
internal sealed record ChatModel(ModelDescription Description, IChatClient Client, float? Temperature, int? MaxOutputTokens, bool CallsTools)
{
    /// <summary>What the model itself is called, for spans and measurements; the settings' name where it does not say.</summary>
    public string Id { get; } = Client.GetService<ChatClientMetadata>()?.DefaultModelId ?? Description.Name;
}

/// <summary>The models of the configuration, the one that the app registered as <see cref="IChatClient"/>, and the companion where there is neither.</summary>
internal sealed class ModelDirectory : IModelDirectory, IDisposable
{
    /// <summary>The name of the model that the app registered.</summary>
    public const string AppModel = "app";

    /// <summary>The name of the offline companion.</summary>
    public const string Companion = "companion";

    private readonly Dictionary<string, ChatModel> _models = new(StringComparer.OrdinalIgnoreCase);

    public ModelDirectory(DialogueOptions options, IChatClient? registered, CompanionChatClient companion, Func<string, string?> environment)
    {
        if (registered is not null)
        {
            Add(new ChatModel(new ModelDescription(AppModel, AppModel, IsOffline: false), registered, null, null, CallsTools: true));
        }

        foreach (var (name, model) in options.Models)
        {
            var key = model.Key ?? (model.KeyVariable is { } variable ? environment(variable) : null);
            Add(new ChatModel(
                new ModelDescription(name, model.DisplayName ?? name, IsOffline: false),
                Connect(model, key),
                (float?)model.Temperature,
                model.MaxOutputTokens,
                model.Tools));
        }

        if (_models.Count == 0)
        {
            Add(new ChatModel(new ModelDescription(Companion, "Companion", IsOffline: true), companion, null, null, CallsTools: false));
        }

        Default = options.DefaultModel is { Length: > 0 } wanted ? _models[wanted] : _models.Values.First();
        Models = [Default.Description, .. _models.Values.Where(model => model != Default).Select(static model => model.Description)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ModelDescription> Models { get; }

    private ChatModel Default { get; }

    /// <inheritdoc/>
    public ChatModel? Find(string? name) => string.IsNullOrEmpty(name) ? Default : _models.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (var model in _models.Values)
        {
            if (!string.Equals(model.Description.Name, AppModel, StringComparison.Ordinal))
            {
                model.Client.Dispose();
            }
        }
    }

    private void Add(ChatModel model) => _models[model.Description.Name] = model;

    /// <summary>One try a call: whether it is worth another one is decided by the turn, which knows what was said already.</summary>
    private static IChatClient Connect(ModelOptions model, string? key)
    {
        var options = new OpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(maxRetries: 0), NetworkTimeout = Timeout.InfiniteTimeSpan };
        if (model.BaseUrl is { Length: > 0 } url)
        {
            options.Endpoint = new Uri(url);
        }

        options.AddPolicy(new ModelWire(), PipelinePosition.PerCall);
        var credential = new ApiKeyCredential(string.IsNullOrEmpty(key) ? "none" : key);
        if (model.IsAzure)
        {
            options.AddPolicy(new AzurePolicy(credential, model.ApiVersion), PipelinePosition.PerCall);
        }

        return new OpenAIClient(credential, options).GetChatClient(model.Model).AsIChatClient()
            .AsBuilder()
            .ConfigureOptions(static options => options.AdditionalProperties?.Remove(ConversationFacts.Key))
            .UseOpenTelemetry(sourceName: DialogueDiagnostics.SourceName)
            .Build();
    }

    /// <summary>Azure takes the key in a header of its own, and wants to know which version of its API is meant.</summary>
    private sealed class AzurePolicy(ApiKeyCredential credential, string? version) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Sign(message);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Sign(message);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void Sign(PipelineMessage message)
        {
            credential.Deconstruct(out var key);
            message.Request.Headers.Set("api-key", key);
            var uri = new UriBuilder(message.Request.Uri!);
            uri.Query = (uri.Query.Length > 1 ? uri.Query[1..] + "&" : "") + "api-version=" + (version ?? "preview");
            message.Request.Uri = uri.Uri;
        }
    }
}
