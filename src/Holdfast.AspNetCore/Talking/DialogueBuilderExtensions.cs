using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Talking;
using Holdfast.Dialogue;
using Holdfast.Sessions;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds conversations.</summary>
public static class DialogueBuilderExtensions
{
    /// <summary>
    /// Lets people ask, and a model answer (<c>mode: "chat"</c>): those that are configured under <c>Holdfast:Dialogue:Models</c>, the <see cref="IChatClient"/> that the
    /// app has registered, or, where there is neither, a companion that works offline. <see cref="AIFunction"/>s that the app has registered are tools that the
    /// model may call, and each <see cref="IConversationHook"/> takes part.
    /// </summary>
    /// <param name="builder">What Holdfast is added with.</param>
    /// <param name="configure">Changes settings after the configuration was read.</param>
    public static IHoldfastBuilder AddDialogue(this IHoldfastBuilder builder, Action<DialogueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (!services.Any(static service => service.ServiceType == typeof(ToolServers)))
        {
            services.AddDialogueOnce();
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return builder;
    }

    private static void AddDialogueOnce(this IServiceCollection services)
    {
        services.AddOptions<DialogueOptions>().BindConfiguration(DialogueOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                foreach (var (name, server) in options.ToolServers)
                {
                    SettingLists.ReadArguments(configuration.GetSection($"{DialogueOptions.Section}:ToolServers:{name}"), nameof(server.Arguments), server.Arguments);
                }
            })
            .ValidateOnStart();

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DialogueOptions>, DialogueOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ToolServers>();
        services.AddHostedService(static provider => provider.GetRequiredService<ToolServers>());
        services.AddSingleton<IToolSource>(static provider => provider.GetRequiredService<ToolServers>());
        services.AddSingleton<IToolSource>(static provider => new AppTools([.. provider.GetServices<AIFunction>()]));
        services.TryAddSingleton<IModelDirectory>(static provider => new ModelDirectory(
            provider.GetRequiredService<IOptions<DialogueOptions>>().Value,
            provider.GetService<IChatClient>(),
            new CompanionChatClient(provider.GetRequiredService<TimeProvider>()),
            Environment.GetEnvironmentVariable));
        services.TryAddSingleton(static provider => new ConversationServices(
            provider.GetRequiredService<IOptions<DialogueOptions>>().Value,
            provider.GetRequiredService<IModelDirectory>(),
            provider.GetServices<IToolSource>(),
            provider.GetServices<IConversationHook>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Conversation>>()));
        services.AddHoldfastListening();
        services.TryAddSingleton<ISessionCompanions, SessionConversations>();
    }

    private sealed class AppTools(IReadOnlyList<AIFunction> tools) : IToolSource
    {
        public IReadOnlyList<AIFunction> Tools => tools;
    }
}
