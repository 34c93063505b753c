using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.AspNetCore;

/// <summary>Says in one sentence what an app forgot, in place of the container's words about types that nobody knows.</summary>
internal static class MissingPiece
{
    /// <summary>What is called needs what was added.</summary>
    /// <exception cref="InvalidOperationException">It was not.</exception>
    public static void Check<TAdded>(IServiceProvider services, string called, string first)
    {
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(TAdded)) is false)
        {
            throw new InvalidOperationException($"{called} needs {first} before the app is built.");
        }
    }
}
