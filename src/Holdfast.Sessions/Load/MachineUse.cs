using System.Buffers.Text;

namespace Holdfast.Sessions;

/// <summary>
/// How busy this process and this machine are: the share of all processors since the last look, and how many threads want one now (proc_stat(5),
/// proc_loadavg(5)). On other systems than Linux only the process is known. A look allocates nothing.
/// </summary>
internal sealed class MachineUse : IDisposable
{
    private readonly FileStream? _statistics = Open("/proc/stat");
    private readonly FileStream? _queue = Open("/proc/loadavg");
    private readonly TimeProvider _time;
    private long _lookedAt;
    private TimeSpan _process;
    private (long Idle, long All) _machine;

    public MachineUse(TimeProvider time)
    {
        _time = time;
        _ = Look();
    }

    /// <summary>What was used since the last look; null where it is not known.</summary>
    public (double? Process, double? Machine, double? Runnable) Look()
    {
        var at = _time.GetTimestamp();
        var passed = _time.GetElapsedTime(_lookedAt, at);
        _lookedAt = at;
        var before = _process;
        _process = Environment.CpuUsage.TotalTime;
        double? process = passed > TimeSpan.Zero ? Math.Min(1, (_process - before) / passed / Environment.ProcessorCount) : null;

        Span<byte> text = stackalloc byte[256];
        double? machine = null;
        if (Read(_statistics, text) is var length and > 0 && TryParseProcessors(text[..length], out var now))
        {
            machine = now.All > _machine.All ? 1 - ((double)(now.Idle - _machine.Idle) / (now.All - _machine.All)) : null;
            _machine = now;
        }

        double? runnable = Read(_queue, text) is var read and > 0 && TryParseRunnable(text[..read], out var threads)
            ? (double)threads / Environment.ProcessorCount
            : null;
        return (process, machine, runnable);
    }

    public void Dispose()
    {
        _statistics?.Dispose();
        _queue?.Dispose();
    }

    /// <summary>The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, over all processors.</summary>
    internal static bool TryParseProcessors(ReadOnlySpan<byte> text, out (long Idle, long All) time)
    {
        time = default;
        if (!text.StartsWith("cpu "u8))
        {
            return false;
        }

        text = text[4..];
        for (var i = 1; i <= 8; i++)
        {
            text = text.TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(text, out ulong ticks, out var used))
            {
                return false;
            }

            time = (time.Idle + (i is 4 or 5 ? (long)ticks : 0), time.All + (long)ticks);
            text = text[used..];
        }

        return true;
    }

    /// <summary>The fourth field of /proc/loadavg, before its slash: threads that run or want to.</summary>
    internal static bool TryParseRunnable(ReadOnlySpan<byte> text, out int threads)
    {
        threads = 0;
        for (var i = 0; i < 3; i++)
        {
            var blank = text.IndexOf((byte)' ');
            if (blank < 0)
            {
                return false;
            }

            text = text[(blank + 1)..];
        }

        return Utf8Parser.TryParse(text, out threads, out _);
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Read(FileStream? file, Span<byte> text)
    {
        try
        {
            return file is null ? 0 : RandomAccess.Read(file.SafeFileHandle, text, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return 0;
        }
    }
}
