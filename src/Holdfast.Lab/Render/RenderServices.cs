using Holdfast.Avatar;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Lab.Render;

/// <summary>The avatars and voices of a server, without a server.</summary>
internal static class RenderServices
{
    /// <param name="size">Of the square picture.</param>
    public static ServiceProvider Create(int size)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));

        // A text of any length is taken at once, and nobody interrupts it.
        services.AddHoldfastAvatar(options => (options.PictureSize, options.MaxWaitingText, options.MaxUtterances) = (size, 1_000_000, 1_000));
        return services.BuildServiceProvider();
    }
}
