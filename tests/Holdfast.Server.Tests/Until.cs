namespace Holdfast.Server.Tests;

/// <summary>Waits for what is to become so, and not for a time.</summary>
internal static class Until
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Asks a few times a second, so that the processor is left to what is waited for.</summary>
    public static async Task TrueAsync(Func<Task<bool>> ask)
    {
        using var late = Late();
        using var often = new PeriodicTimer(TimeSpan.FromMilliseconds(40));
        while (!await ask())
        {
            await often.WaitForNextTickAsync(late.Token);
        }
    }

    /// <summary>Looks as often: not all that becomes so is told of.</summary>
    public static Task HappenedAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    private static CancellationTokenSource Late()
    {
        var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Longest);
        return late;
    }
}
