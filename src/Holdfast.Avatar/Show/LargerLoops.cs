using Holdfast.Media;
using Microsoft.Extensions.Logging;

namespace Holdfast.Avatar;

/// <summary>
/// Makes the idle loops of larger sizes: when somebody first has a stage for one, and one after the other, on a thread that nobody waits for. It rests for as
/// long as it works, so that whoever speaks meanwhile has the larger part of the machine.
/// </summary>
/// <param name="after">What is made before them: the loops of the usual size.</param>
/// <param name="bitrate">Of the usual size.</param>
/// <param name="cache">Where they are kept.</param>
/// <param name="logger">Is told of what was made, and of what could not be.</param>
/// <param name="stopping">Ends it.</param>
internal sealed partial class LargerLoops(Func<Task> after, int bitrate, LoopCache cache, ILogger logger, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Completes when all that was wanted so far is there.</summary>
    internal Task Settled
    {
        get
        {
            lock (_gate)
            {
                return _work;
            }
        }
    }

    /// <summary>Makes a character's loops up to a size, smaller ones first. Returns at once.</summary>
    public void Want(AvatarStage stage, int size)
    {
        lock (_gate)
        {
            var before = _work;
            _work = Task.Factory.StartNew(() => Make(before, stage, size), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Make(Task before, AvatarStage stage, int size)
    {
        try
        {
            before.Wait(stopping);
            after().Wait(stopping);
            var begin = TimeProvider.System.GetTimestamp();
            if (stage.PrepareLarger(size, bitrate, cache, stopping) is { } isMade)
            {
                LogPrepared(stage.Name, stage.Formats[size].Width, isMade ? "made" : "read", (long)TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It is seen in the usual size.
            LogNotPrepared(stage.Name, stage.Formats[size].Width, exception);
        }
    }

    [LoggerMessage(4007, LogLevel.Information, "The idle loop of {Name} in {Size} pixels was {How} in {Milliseconds} ms.")]
    private static partial void LogPrepared(ILogger logger, string name, int size, string how, long milliseconds);

    private void LogPrepared(string name, int size, string how, long milliseconds) => LogPrepared(logger, name, size, how, milliseconds);

    [LoggerMessage(4008, LogLevel.Warning, "The idle loop of {Name} in {Size} pixels could not be made; it is seen in the usual size.")]
    private static partial void LogNotPrepared(ILogger logger, string name, int size, Exception exception);

    private void LogNotPrepared(string name, int size, Exception exception) => LogNotPrepared(logger, name, size, exception);
}
