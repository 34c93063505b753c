namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What the parts of Holdfast are added to: <c>services.AddHoldfast().AddAvatar().AddDialogue()</c>.</summary>
public interface IHoldfastBuilder
{
    /// <summary>The app's services.</summary>
    IServiceCollection Services { get; }
}
