namespace Holdfast.Dialogue;

/// <summary>Whether somebody is there to hear an answer.</summary>
/// <remarks>Not thread-safe, but for what it gives to wait for.</remarks>
internal sealed class Presence
{
    private TaskCompletionSource? _return;

    /// <summary>Whether somebody is.</summary>
    public bool IsHere => _return is null;

    /// <summary>Completes when somebody is, or when nothing is to be waited for any more.</summary>
    public Task WhenHere => _return?.Task ?? Task.CompletedTask;

    public void Leave() => _return ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Return()
    {
        _return?.TrySetResult();
        _return = null;
    }
}
