using Holdfast.Media;

namespace BallAndBeep;

/// <summary>Makes a ball for each session.</summary>
internal sealed class BallFactory : IShowFactory
{
    public IReadOnlyList<ShowDescription> Shows { get; } =
        [new("ball", new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "A ball", ["zh-CN"] = "小球" })];

    // Nothing is shared, so there is nothing to make ready.
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IShow Create(string name, IShowObserver observer) => new BallShow(observer);

    public ReadOnlyMemory<byte> Preview(string name) => default;
}
