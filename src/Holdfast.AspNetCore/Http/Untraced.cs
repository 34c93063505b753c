namespace Holdfast.AspNetCore.Http;

/// <summary>Marks an endpoint of whose requests a span each tells nobody anything: they are many and all alike, or last as long as somebody listens.</summary>
internal sealed class Untraced
{
    private Untraced()
    {
    }

    public static Untraced Requests { get; } = new();
}
