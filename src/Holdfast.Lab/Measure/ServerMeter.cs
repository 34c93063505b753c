using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;

namespace Holdfast.Lab.Measure;

/// <summary>What a server's process used over a while.</summary>
/// <param name="Cores">Processor time over time: 1 is one core, fully.</param>
/// <param name="MemoryBytes">Resident memory at the end.</param>
internal sealed record ServerUse(double Cores, long MemoryBytes);

/// <summary>Reads what a process on this machine uses, the programs that it started and that have ended included (on Linux).</summary>
internal sealed class ServerMeter
{
    private readonly Process _process;
    private readonly LabClock _clock;
    private RtcTime _since;
    private TimeSpan _before;

    private ServerMeter(Process process, LabClock clock)
    {
        (_process, _clock) = (process, clock);
        Restart();
    }

    /// <summary>Resident memory now, in bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>A meter for a process; null where there is none of this number.</summary>
    public static ServerMeter? TryOpen(int processId, LabClock clock)
    {
        try
        {
            return new ServerMeter(Process.GetProcessById(processId), clock);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Measures from now on.</summary>
    public void Restart() => (_since, _before) = (_clock.Now, ProcessorTime());

    /// <summary>What was used since the start, or null where the process is gone.</summary>
    public ServerUse? Read()
    {
        try
        {
            var elapsed = _clock.Now - _since;
            return new ServerUse((ProcessorTime() - _before) / elapsed, MemoryBytes);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime + (OperatingSystem.IsLinux() ? ChildrenTime(_process.Id) : TimeSpan.Zero);
    }

    /// <summary>Fields 16 and 17 of /proc/PID/stat: the time of children that were waited for, in clock ticks of a hundredth of a second.</summary>
    private static TimeSpan ChildrenTime(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds(
                (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / 100.0);
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }
}
