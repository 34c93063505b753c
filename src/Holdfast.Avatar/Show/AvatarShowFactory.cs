using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Avatar;

/// <summary>Makes the drawn, speaking characters that come with Holdfast.</summary>
/// <remarks>
/// The idle loops are made once, by <see cref="PrepareAsync"/>, on one background thread. A show made before its
/// character's loop is ready has none and draws every picture: it works, and only costs more.
/// </remarks>
public sealed partial class AvatarShowFactory : IShowFactory, IAsyncDisposable
{
    private readonly AvatarOptions _options;
    private readonly ITextToSpeechClient _voice;
    private readonly ILogger<AvatarShowFactory> _logger;
    private readonly SpeechStore _store;
    private readonly LoopCache _loops;
    private readonly Dictionary<string, AvatarStage> _stages = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task? _preparation;
    private bool _disposed;

    /// <param name="voice">Speaks for all characters; not disposed of here.</param>
    /// <param name="options">Settings.</param>
    /// <param name="logger">Is told of loops made and of texts that could not be spoken.</param>
    public AvatarShowFactory(ITextToSpeechClient voice, IOptions<AvatarOptions> options, ILogger<AvatarShowFactory> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _voice = voice;
        _options = options.Value;
        _logger = logger;
        _store = new SpeechStore(_options.AsideDirectory ?? Path.GetTempPath(), logger);
        _loops = new LoopCache(DirectoryForLoops(_options.LoopCache), logger);
        var budget = new ActionBudget((long)_options.ActionMegabytes * 1024 * 1024);
        Larger = new LargerLoops(() => PrepareAsync(CancellationToken.None), _options.IdleLoopBitrate, _loops, logger, _stopping.Token);
        var formats = AvatarSizes.From(_options.PictureSize, _options.MaxPictureSize);
        foreach (var character in Character.All.OrderByDescending(c => IsDefault(c.Design.Name)))
        {
            var stage = new AvatarStage(character, formats, Larger);
            stage.Actions = new ActionLibrary(stage.Name, _options, stage.Format, budget, logger, _stopping.Token);
            _stages.Add(stage.Name, stage);
        }

        Shows = [.. _stages.Values.Select(stage => stage.Description)];
        CheckVoices();
    }

    /// <summary>Makes the idle loops of larger sizes.</summary>
    internal LargerLoops Larger { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ShowDescription> Shows { get; }

    /// <inheritdoc/>
    public string? FaultOfAction(string show, string action) => _stages.TryGetValue(show, out var stage) ? stage.Actions?.FaultOf(action) : null;

    /// <inheritdoc/>
    public IReadOnlyList<VoiceDescription> Voices => Catalogue?.Voices ?? [];

    /// <inheritdoc/>
    public bool HasVoice(string id) => Catalogue?.IsKnown(id) ?? false;

    /// <inheritdoc/>
    public string? LanguageOf(string text) => LanguageTag.Of(text);

    /// <summary>
    /// Draws and encodes the idle loops, the default character's first; the second and later calls wait for the first. The server
    /// calls it when it starts, and need not wait for the end.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the work.</param>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _preparation ??= Task.Factory.StartNew(Prepare, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return _preparation.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no character of this name.</exception>
    public IShow Create(string name, IShowObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new AvatarShow(Stage(name), _voice, _options, observer, _logger, _store, Stage);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no character of this name.</exception>
    public ReadOnlyMemory<byte> Preview(string name) => Stage(name).Preview;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no character of this name.</exception>
    public ReadOnlyMemory<byte> PreviewWebP(string name) => Stage(name).SmallPreview;

    /// <inheritdoc />
    public ReadOnlyMemory<byte> PreviewThumbnail(string name) => Stage(name).Thumbnail;

    /// <exception cref="OptionsValidationException">A voice is nobody's.</exception>
    private void CheckVoices()
    {
        const string Setting = $"{AvatarOptions.Section}:{nameof(AvatarOptions.Voices)}";
        string[] wrong = [.. _options.Voices
            .Where(voice => voice.Value.Length > 0 && Catalogue?.IsKnown(voice.Value) == false)
            .Select(static voice => $"{Setting}:{voice.Key} must be one of the voices there are (GET /api/voices lists them), not '{voice.Value}'.")];
        if (wrong.Length > 0)
        {
            throw new OptionsValidationException(AvatarOptions.Section, typeof(AvatarOptions), wrong);
        }

        foreach (var name in _options.Voices.Keys.Where(name => !_stages.ContainsKey(name)))
        {
            LogNobodysVoice($"{Setting}:{name}", string.Join(" or ", _stages.Keys));
        }
    }

    [LoggerMessage(4020, LogLevel.Warning, "{Setting} is for nobody and has no effect; did you mean {Known}?")]
    private partial void LogNobodysVoice(string setting, string known);

    /// <summary>Stops preparing, and lets go of the sheets it drew on. Shows that still run must be disposed of before.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? preparation;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            preparation = _preparation;
        }

        await _stopping.CancelAsync();
        if (preparation is not null)
        {
            await preparation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Larger.Settled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        foreach (var stage in _stages.Values)
        {
            stage.Dispose();
        }

        _stopping.Dispose();
    }

    private IVoiceCatalogue? Catalogue => _voice.GetService(typeof(IVoiceCatalogue)) as IVoiceCatalogue;

    private bool IsDefault(string name) => string.Equals(name, _options.DefaultCharacter, StringComparison.OrdinalIgnoreCase);

    private AvatarStage Stage(string name) => _stages.TryGetValue(name, out var stage)
        ? stage
        : throw new ArgumentException($"There is no avatar named {name}.", nameof(name));

    private void Prepare()
    {
        foreach (var (name, _) in Shows)
        {
            var begin = TimeProvider.System.GetTimestamp();
            var isMade = _stages[name].Prepare(_options.IdleLoopBitrate, _loops, _stopping.Token);
            LogPrepared(name, isMade ? "made" : "read", (long)TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds);
        }

        foreach (var (name, _) in Shows)
        {
            _stages[name].PrepareThinner(_options.IdleLoopBitrate, _loops, _stopping.Token);
        }

        foreach (var (name, _) in Shows)
        {
            _stages[name].PaintAhead(_stopping.Token);
        }

        // One that is wanted before is read then; what is wrong with one is told when the server starts, not when somebody waits for it.
        foreach (var stage in _stages.Values)
        {
            _ = stage.Actions?.PrepareAsync();
        }
    }

    private static string? DirectoryForLoops(string? setting) => setting switch
    {
        null => LoopCache.DefaultDirectory(
            Environment.GetEnvironmentVariable,
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)),
        "" => null,
        _ => Path.GetFullPath(setting),
    };

    [LoggerMessage(4002, LogLevel.Information, "The idle loop of {Name} was {How} in {Milliseconds} ms.")]
    private partial void LogPrepared(string name, string how, long milliseconds);
}
