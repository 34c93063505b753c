using System.Diagnostics.CodeAnalysis;
using Holdfast.Media;
using Microsoft.Extensions.Logging;

namespace Holdfast.Avatar;

/// <summary>Memory that the actions of all avatars share.</summary>
/// <param name="most">Bytes.</param>
internal sealed class ActionBudget(long most)
{
    private long _spent;

    public void Spend(long bytes)
    {
        if (Interlocked.Add(ref _spent, bytes) > most)
        {
            throw new ActionException($"there is no room for it: actions may take {most / (1024 * 1024)} MB together (Holdfast:Avatar:ActionMegabytes).");
        }
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref _spent, -bytes);
}

/// <summary>What became of reading an action.</summary>
/// <param name="Clip">It is ready.</param>
/// <param name="Fault">Why it is not, one sentence.</param>
internal sealed record ActionResult(Clip? Clip, string? Fault);

/// <summary>The actions of one avatar: each is read once, when it is first wanted or when the server is ready, whichever comes first.</summary>
internal sealed partial class ActionLibrary
{
    // Reading one takes all of a processor; sessions go first.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private readonly Dictionary<string, Lazy<Task<ActionResult>>> _actions = new(StringComparer.Ordinal);
    private readonly AvatarOptions _options;
    private readonly ActionBudget _budget;
    private readonly VideoFormat _format;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopping;

    /// <param name="avatar">Whose actions.</param>
    /// <param name="options">Where they are, and how large they may be.</param>
    /// <param name="format">The avatar's pictures.</param>
    /// <param name="budget">What all may take.</param>
    /// <param name="logger">Is told of what cannot be used.</param>
    /// <param name="stopping">Ends the reading.</param>
    public ActionLibrary(string avatar, AvatarOptions options, VideoFormat format, ActionBudget budget, ILogger logger, CancellationToken stopping)
    {
        (_options, _format, _budget, _logger, _stopping) = (options, format, budget, logger, stopping);
        var manifest = ActionManifest.None;
        if (options.ActionsDirectory is { Length: > 0 } directory && !ActionManifest.TryRead(Path.Combine(directory, avatar), out manifest, out var error))
        {
            LogManifest(avatar, error);
        }

        (Descriptions, SilentAfter, WhenSilent) = (manifest.Actions, manifest.SilentAfter, manifest.WhenSilent);
        foreach (var action in manifest.Actions)
        {
            _actions.Add(action.Name, new Lazy<Task<ActionResult>>(() => Task.Run(() => ReadAsync(avatar, action))));
        }
    }

    public IReadOnlyList<ActionDescription> Descriptions { get; }

    /// <summary>How long nothing is said before it does something of its own accord; null where it does not.</summary>
    public TimeSpan? SilentAfter { get; }

    /// <summary>What it does then, one after the other.</summary>
    public IReadOnlyList<string> WhenSilent { get; }

    /// <summary>An action, when it is ready or found to be of no use; never fails. One that is not there is of no use.</summary>
    public Task<ActionResult> GetAsync(string name) =>
        _actions.TryGetValue(name, out var action) ? action.Value : Task.FromResult(new ActionResult(null, $"There is no action {name}."));

    /// <summary>An action, if it is ready now.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Clip? clip)
    {
        clip = GetAsync(name) is { IsCompletedSuccessfully: true, Result.Clip: { } ready } ? ready : null;
        return clip is not null;
    }

    /// <summary>Why an action is of no use; null where it is not known to be.</summary>
    public string? FaultOf(string name) =>
        _actions.TryGetValue(name, out var action) && action is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result.Fault: { } fault } } ? fault : null;

    /// <summary>Reads all of them.</summary>
    public async Task PrepareAsync()
    {
        foreach (var action in _actions.Values)
        {
            await action.Value.ConfigureAwait(false);
        }
    }

    private async Task<ActionResult> ReadAsync(string avatar, ActionDescription action)
    {
        var spent = 0L;
        try
        {
            await OneAtATime.WaitAsync(_stopping).ConfigureAwait(false);
            try
            {
                var longest = TimeSpan.FromSeconds(_options.ActionSeconds);
                var clip = action.Frames is not null
                    ? ClipFolder.Read(action, _format, longest, Spend, _stopping)
                    : await ClipVideo.ReadAsync(action, _options.Ffmpeg, _format, longest, Spend, _stopping).ConfigureAwait(false);
                LogReady(action.Name, avatar, clip.Blocks * SoundFormat.FrameDuration.TotalSeconds, clip.Bytes / 1024);
                return new ActionResult(clip, null);
            }
            finally
            {
                OneAtATime.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return new ActionResult(null, "The server is stopping.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever is wrong with it, the avatar talks on.
            _budget.GiveBack(spent);
            var sentence = $"The action {action.Name} of {avatar} cannot be played: {exception.Message}";
            LogBroken(sentence);
            return new ActionResult(null, sentence);
        }

        void Spend(long bytes)
        {
            spent += bytes;
            _budget.Spend(bytes);
        }
    }

    [LoggerMessage(4010, LogLevel.Warning, "{Avatar} has no actions: {Reason}")]
    private partial void LogManifest(string avatar, string reason);

    [LoggerMessage(4011, LogLevel.Information, "The action {Name} of {Avatar} is ready: {Seconds:0.0} s, {Kilobytes} KB.")]
    private partial void LogReady(string name, string avatar, double seconds, long kilobytes);

    [LoggerMessage(4012, LogLevel.Warning, "{Sentence}")]
    private partial void LogBroken(string sentence);
}
