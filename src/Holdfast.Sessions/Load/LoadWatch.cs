using Holdfast.Media;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

/// <summary>
/// Measures how much head room there is, five times a second, and sees to what follows: how sparing with pictures everybody is, and who may begin to speak. Whether
/// somebody new is let in is asked of it. It is the edge of <see cref="HeadRoom"/>, which decides.
/// </summary>
internal sealed partial class LoadWatch : IDisposable
{
    private readonly MediaPacer _pacer;
    private readonly SpeechTurns _turns;
    private readonly MachineUse? _machine;
    private readonly ILogger _logger;
    private readonly LoadLevel _least;
    private readonly HeadRoom _room = new();
    private LoadLevel _carried;
    private int _looks;
    private volatile LoadState _state;

    /// <param name="pacer">The media clock.</param>
    /// <param name="turns">Who may begin to speak.</param>
    /// <param name="machine">How busy the machine is; null: nothing is measured, and the least level is the level.</param>
    /// <param name="least">The level it never falls below.</param>
    /// <param name="logger">Is told of each change.</param>
    public LoadWatch(MediaPacer pacer, SpeechTurns turns, MachineUse? machine, LoadLevel least, ILogger logger)
    {
        (_pacer, _turns, _machine, _least, _logger) = (pacer, turns, machine, least, logger);
        _state = new LoadState(least, least == LoadLevel.Free ? LoadReason.None : LoadReason.Setting, 0);
        Carry(least);
    }

    /// <summary>How full the server is.</summary>
    public LoadState State => _state;

    /// <summary>Called ten times a second; looks at every second one.</summary>
    public void OnTime()
    {
        if (_machine is null || ++_looks % 2 != 0)
        {
            return;
        }

        var now = _pacer.CurrentTick.MediaTime;
        var load = _pacer.TakeLoad();
        var (process, machine, runnable) = _machine.Look();
        _room.Observe(now, new LoadSample(load.Lateness, load.BusyShare, process, machine, runnable, _turns.LongestWait(now)));
        Carry(_room.Measured > _least ? _room.Measured : _least);
        var before = _state.Level;
        var next = _room.Level > _least
            ? new LoadState(_room.Level, _room.Reason, _room.Strain)
            : new LoadState(_least, _least == LoadLevel.Free ? LoadReason.None : LoadReason.Setting, _room.Strain);
        _state = next;
        if (next.Level != before)
        {
            LogLevel(_logger, before, next.Level, next.Reason, next.Strain, load.Lateness.TotalMilliseconds, load.BusyShare, machine ?? double.NaN);
        }
    }

    public void Dispose() => _machine?.Dispose();

    private void Carry(LoadLevel level)
    {
        if (level == _carried)
        {
            return;
        }

        _carried = level;
        _turns.Level = level;
        _pacer.Thrift = level switch
        {
            LoadLevel.Free => 0,
            LoadLevel.FewerPictures => 1,
            LoadLevel.SpeechWaits => 2,
            _ => 5,
        };
    }

    [LoggerMessage(113, Microsoft.Extensions.Logging.LogLevel.Warning,
        "Head room: from {Before} to {Level} because of {Reason} (strain {Strain:F2}, ticks up to {Late:F0} ms late, media threads busy {Busy:F2}, machine {Machine:F2}).")]
    private static partial void LogLevel(ILogger logger, LoadLevel before, LoadLevel level, LoadReason reason, double strain, double late, double busy, double machine);
}

/// <summary>How full a server is.</summary>
/// <param name="Level">What it still takes on.</param>
/// <param name="Reason">Why.</param>
/// <param name="Strain">How near it is to tearing words; 1 is there.</param>
internal sealed record LoadState(LoadLevel Level, LoadReason Reason, double Strain);
