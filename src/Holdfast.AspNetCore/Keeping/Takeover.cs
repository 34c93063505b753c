using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore;

/// <summary>
/// Two servers of one machine on one store: the newer one asks the older one for its sessions, over a Unix socket beside the database, when it has come up and
/// needs nothing but them.
/// </summary>
/// <remarks>
/// Three lines are said. The newer one: <c>lend</c>. The older one, when all is in the store, and that is not its own any more: <c>lent</c>. It plays on for a moment,
/// until the time that is in the store, and the newer one goes on then. The newer one, when it does: <c>ready</c>. Then the older one ends. An older version knows
/// <c>give</c> and <c>given</c> instead, and falls silent at once, with its media port closed. Where the newer one dies in between, the older one ends too, with exit
/// code 1, so that whoever looks after it starts it again: sessions are in the store.
/// </remarks>
internal sealed partial class Takeover : IAsyncDisposable
{
    /// <summary>What a Unix socket's name may have, in bytes (unix(7)).</summary>
    private const int LongestPath = 107;

    private const UnixFileMode ForThisUserAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string? _path;
    private readonly TimeProvider _time;
    private readonly ILogger<Takeover> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Socket? _socket;
    private Task _listening = Task.CompletedTask;
    private volatile bool _isGiven;
    private bool _isDisposed;

    /// <param name="database">The store's file; null where sessions are not to be taken over.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what happens.</param>
    public Takeover(string? database, TimeProvider time, ILogger<Takeover> logger)
    {
        (_path, _time, _logger) = (database is null || !OperatingSystem.IsLinux() ? null : Path.GetFullPath(database) + ".takeover", time, logger);
        if (_path is not null && Encoding.UTF8.GetByteCount(_path) > LongestPath)
        {
            LogTooLong(_path, LongestPath);
            _path = null;
        }
    }

    /// <summary>Whether a newer server may ask for the sessions.</summary>
    public bool IsPossible => _path is not null;

    /// <summary>The server that has the store and would give its sessions; null where there is none.</summary>
    public async Task<Predecessor?> FindAsync(CancellationToken cancellationToken)
    {
        if (_path is null)
        {
            return null;
        }

        // Only whether somebody is there: it is asked when this server is ready, however long that takes.
        using var talk = await TakeoverTalk.ConnectAsync(_path, _time, cancellationToken);
        return talk is null ? null : new Predecessor(_path, _time);
    }

    /// <summary>Waits for a newer server.</summary>
    /// <param name="give">Gives everything away: the store, the sessions, the media port.</param>
    /// <param name="lend">Gives the store and the sessions away, and plays on for a moment.</param>
    /// <param name="end">Ends this server.</param>
    public void Listen(Func<Task> give, Func<Task> lend, Action end)
    {
        if (_path is null || OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            File.Delete(_path);
            _socket = TakeoverTalk.NewSocket();
            _socket.Bind(new UnixDomainSocketEndPoint(_path));
            File.SetUnixFileMode(_path, ForThisUserAlone);
            _socket.Listen();
            _listening = ListenAsync(_socket, give, lend, end);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            LogCannotListen(exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync();
        _socket?.Dispose();
        await _listening;
        _stopping.Dispose();
    }

    private async Task ListenAsync(Socket socket, Func<Task> give, Func<Task> lend, Action end)
    {
        try
        {
            while (!_isGiven)
            {
                using var talk = new TakeoverTalk(await socket.AcceptAsync(_stopping.Token), _time);
                switch (await talk.HearAsync(_stopping.Token))
                {
                    case TakeoverTalk.Lend:
                        await GiveAsync(talk, lend, TakeoverTalk.Lent, end);
                        break;
                    case TakeoverTalk.Give:
                        await GiveAsync(talk, give, TakeoverTalk.Given, end);
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The server ends.
        }
    }

    private async Task GiveAsync(TakeoverTalk talk, Func<Task> give, string given, Action end)
    {
        _isGiven = true;
        LogAsked();

        // Its name goes with it, and must not be the newer one's by then.
        _socket!.Dispose();
        await give();
        if (!await talk.SayAsync(given, _stopping.Token) || !await talk.HearAsync(TakeoverTalk.Ready, _stopping.Token))
        {
            LogNotTaken();
            Environment.ExitCode = 1;
        }

        end();
    }

    [LoggerMessage(30, LogLevel.Information, "A newer server takes over; this one gives it its sessions and ends")]
    private partial void LogAsked();

    [LoggerMessage(31, LogLevel.Error, "The newer server has asked for the sessions and not gone on with them; they are in the store. This server ends, to be started again")]
    private partial void LogNotTaken();

    [LoggerMessage(32, LogLevel.Warning, "No newer server will be able to take over from this one: {Reason}")]
    private partial void LogCannotListen(string reason);

    [LoggerMessage(33, LogLevel.Warning, "No newer server will be able to take over from this one: {Path} is longer than {Most} bytes")]
    private partial void LogTooLong(string path, int most);
}

/// <summary>The older server, from the newer one's side.</summary>
internal sealed class Predecessor(string path, TimeProvider time) : IDisposable
{
    private TakeoverTalk? _talk;

    /// <summary>Whether it has the media port still, and plays on for a moment.</summary>
    public bool IsLending { get; private set; }

    /// <summary>Asks for everything; returns when all of it is in the store, and the store is free, and the media port too unless it is lending.</summary>
    /// <returns>False where it did not answer: whatever it was, it is not sure that it gave anything.</returns>
    public async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        IsLending = await AskAsync(TakeoverTalk.Lend, TakeoverTalk.Lent, cancellationToken);
        return IsLending || await AskAsync(TakeoverTalk.Give, TakeoverTalk.Given, cancellationToken);
    }

    /// <summary>Lets it end.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_talk is not null)
        {
            await _talk.SayAsync(TakeoverTalk.Ready, cancellationToken);
            Dispose();
        }
    }

    public void Dispose() => _talk?.Dispose();

    private async Task<bool> AskAsync(string word, string answer, CancellationToken cancellationToken)
    {
        _talk?.Dispose();
        _talk = await TakeoverTalk.ConnectAsync(path, time, cancellationToken);
        return _talk is not null && await _talk.SayAsync(word, cancellationToken) && await _talk.HearAsync(answer, cancellationToken);
    }
}

/// <summary>What two servers say to each other: a word a line.</summary>
internal sealed class TakeoverTalk : IDisposable
{
    public const string Lend = "lend";
    public const string Lent = "lent";
    public const string Give = "give";
    public const string Given = "given";
    public const string Ready = "ready";

    private const int LongestLine = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly NetworkStream _stream;
    private readonly TimeProvider _time;

    public TakeoverTalk(Socket socket, TimeProvider time) => (_stream, _time) = (new NetworkStream(socket, ownsSocket: true), time);

    public static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <returns>Null where nobody is there, or only the name that a killed one left behind.</returns>
    public static async Task<TakeoverTalk?> ConnectAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new TakeoverTalk(socket, time);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <returns>False where the other one is gone.</returns>
    public async Task<bool> SayAsync(string word, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(word + "\n"), cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <returns>False where something else is said, nothing for half a minute, or the other one is gone.</returns>
    public async Task<bool> HearAsync(string word, CancellationToken cancellationToken) =>
        string.Equals(await HearAsync(cancellationToken), word, StringComparison.Ordinal);

    /// <returns>A word; null where nothing is said for half a minute, or the other one is gone.</returns>
    public async Task<string?> HearAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        try
        {
            while (line.Count < LongestLine
                && await _stream.ReadAsync(one, cancellationToken).AsTask().WaitAsync(Patience, _time, cancellationToken) == 1
                && one[0] != (byte)'\n')
            {
                line.Add(one[0]);
            }
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return null;
        }

        return Encoding.ASCII.GetString([.. line]);
    }

    public void Dispose() => _stream.Dispose();
}
