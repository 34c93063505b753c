using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Browsers;

/// <summary>What a process can be told (signal(7)); the numbers are those of Linux on every machine that .NET runs on.</summary>
internal enum ProcessSignal
{
    Kill = 9,
    Continue = 18,
    Stop = 19,
}

/// <summary>A browser's processes and its profile, which go together.</summary>
internal sealed partial class BrowserProcess : IAsyncDisposable
{
    private const int MostLines = 40;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrowserProcess(Process process, string profile) => (_process, Profile) = (process, profile);

    /// <summary>A folder of its own.</summary>
    public string Profile { get; }

    /// <summary>The end of what it wrote, for the message of a failure.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>The process that all the others are below of.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="names">Programs, of which the first that is installed is taken.</param>
    /// <param name="networkNamespace">Where it runs; null: here.</param>
    /// <param name="arguments">For the program, by its profile's folder.</param>
    /// <param name="announcement">What a line begins with that is waited for (<see cref="AnnouncedAsync"/>).</param>
    /// <exception cref="BrowserException">None is installed.</exception>
    public static BrowserProcess Start(IReadOnlyList<string> names, string? networkNamespace, Func<string, IEnumerable<string>> arguments, string announcement)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var program = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new BrowserException($"There is none of {string.Join(", ", names)} on the PATH. Debian: apt-get install {names[0]}");
        var profile = Directory.CreateTempSubdirectory("holdfast-lab-").FullName;
        string[] command = networkNamespace is null ? [program] : ["ip", "netns", "exec", networkNamespace, program];
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1).Concat(arguments(profile)))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        start.Environment["HOME"] = profile;
        start.Environment["MOZ_CRASHREPORTER_DISABLE"] = "1";
        try
        {
            var process = System.Diagnostics.Process.Start(start) ?? throw new BrowserException($"{program} did not start.");
            process.StandardInput.Close();
            var browser = new BrowserProcess(process, profile);
            process.OutputDataReceived += (_, line) => browser.Read(line.Data, announcement);
            process.ErrorDataReceived += (_, line) => browser.Read(line.Data, announcement);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return browser;
        }
        catch (Win32Exception e)
        {
            throw new BrowserException($"{program} did not start: {e.Message}", e);
        }
    }

    /// <summary>What follows the announcement in its line.</summary>
    public async Task<string> AnnouncedAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await _announced.Task.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new BrowserException($"The browser did not say where it can be reached within {limit.TotalSeconds:F0} s. It wrote:\n{Output}", e);
        }
    }

    /// <summary>Tells it to all its processes.</summary>
    public void Signal(ProcessSignal signal)
    {
        foreach (var id in Tree())
        {
            _ = Kill(id, (int)signal);
        }
    }

    /// <summary>
    /// Ends one of its processes as a kernel does that runs out of memory, and waits until it is gone. (A segmentation fault that is merely sent does
    /// not end it: Firefox has a handler of its own for it.)
    /// </summary>
    /// <exception cref="BrowserException">There is no such process of this browser, or it does not end.</exception>
    public async Task CrashAsync(int id, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Tree().Skip(1).Contains(id) || Kill(id, (int)ProcessSignal.Kill) != 0)
        {
            throw new BrowserException($"The process {id}, which was to crash, is none of the browser's.");
        }

        var begun = time.GetTimestamp();

        // One that has ended and was not reaped yet has no command line any more.
        while (CommandLineOf(id) is { Length: > 0 })
        {
            if (time.GetElapsedTime(begun) > limit)
            {
                throw new BrowserException($"A process that was to crash has not ended within {limit.TotalSeconds:F0} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(ProcessSignal.Continue);
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(Profile, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A process that is still ending writes there; the system's temporary folder is where it lies.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    private static string? CommandLineOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Parents before their children.</summary>
    private List<int> Tree()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && ParentOf(id) is { } parent)
            {
                parents[id] = parent;
            }
        }

        var tree = new List<int> { _process.Id };
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents.Where(pair => pair.Value == tree[i]).Select(static pair => pair.Key));
        }

        return tree;
    }

    private static int? ParentOf(int id)
    {
        try
        {
            // proc(5): the name in brackets may hold anything; state and parent follow it.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Read(string? line, string announcement)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MostLines)
            {
                _lines.Dequeue();
            }
        }

        var at = line.IndexOf(announcement, StringComparison.Ordinal);
        if (at >= 0)
        {
            _announced.TrySetResult(line[(at + announcement.Length)..].Trim());
        }
    }
}
