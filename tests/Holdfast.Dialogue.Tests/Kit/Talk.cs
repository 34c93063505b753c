using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Dialogue.Tests;

/// <summary>A conversation with a scripted model, a mouth that notes what it is to say, and time that a test moves.</summary>
internal sealed class Talk : IMouth, IConversationObserver, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(string Id, string Text)> _said = [];
    private readonly List<ConversationEvent> _events = [];
    private readonly List<string?> _languages = [];
    private readonly List<string> _open = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Talk(
        DialogueOptions? options = null,
        IEnumerable<AIFunction>? tools = null,
        IEnumerable<IConversationHook>? hooks = null,
        ConversationRecord? kept = null,
        IModelDirectory? models = null)
    {
        Models = models ?? new OneModel(Model);
        Services = new ConversationServices(
            options ?? new DialogueOptions(), Models, [new Tools([.. tools ?? []])], hooks ?? [], Time, NullLogger<Conversation>.Instance);
        Conversation = new Conversation(Services, new ConversationIdentity("7", static () => "lin"), this, this, kept);
    }

    public ScriptedModel Model { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 28, 9, 5, 0, TimeSpan.Zero));

    public IModelDirectory Models { get; }

    public ConversationServices Services { get; }

    public Conversation Conversation { get; }

    /// <summary>What the voice does with what it is given.</summary>
    public Func<string, SpeakResult?> Refuses { get; set; } = static _ => null;

    public int Stops { get; private set; }

    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_gate)
            {
                return [.. _said.Select(static piece => piece.Text)];
            }
        }
    }

    /// <summary>The trace of the last piece.</summary>
    public System.Diagnostics.ActivityContext Trace { get; private set; }

    /// <summary>In which language each piece was handed on.</summary>
    public IReadOnlyList<string?> Languages
    {
        get
        {
            lock (_gate)
            {
                return [.. _languages];
            }
        }
    }

    public IReadOnlyList<ConversationEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public Task<bool> Ask(string text, bool interrupts = false) => Conversation.AskAsync(new Question(text, null, IsSpoken: false), interrupts);

    /// <summary>What another process would find: as it is written down and read.</summary>
    public static ConversationRecord Reread(ConversationRecord record) =>
        System.Text.Json.JsonSerializer.Deserialize<ConversationRecord>(System.Text.Json.JsonSerializer.Serialize(record))!;

    /// <summary>What is kept, once something is true of it: what a model sends is read by another thread.</summary>
    public async Task<ConversationRecord> CaptureAsync(Func<OpenAnswer, bool> isTrue)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var record = await Conversation.CaptureAsync();
            if (record is { Open: { } open } && isTrue(open))
            {
                return record;
            }

            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException($"It was never kept. Kept: {record?.Open}");
            }

            await Task.Yield();
        }
    }

    /// <summary>Waits until something is true.</summary>
    public async Task Until(Func<bool> isTrue)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            Task news;
            lock (_gate)
            {
                news = _news.Task;
            }

            if (isTrue())
            {
                return;
            }

            try
            {
                await news.WaitAsync(late.Token);
            }
            catch (OperationCanceledException exception)
            {
                throw new TimeoutException(
                    "It never came true. Said: " + string.Join(" | ", Said) + ". Events: " + string.Join(" | ", Events), exception);
            }
        }
    }

    /// <summary>Moves the clock, a little for each thing that happened or could have happened, until something is true.</summary>
    public async Task LetTimePassUntil(Func<bool> isTrue, TimeSpan step)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            Task news;
            lock (_gate)
            {
                news = _news.Task;
            }

            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException("It never came true. Said: " + string.Join(" | ", Said) + ". Events: " + string.Join(" | ", Events));
            }

            // What is waited for runs on other threads: they need a moment that the test's own clock does not have.
            await Task.WhenAny(news, Task.Delay(10, TestContext.Current.CancellationToken));
            Time.Advance(step);
        }
    }

    public Task UntilSaid(params string[] pieces) => Until(() => Said.SequenceEqual(pieces, StringComparer.Ordinal));

    public async Task<T> UntilTold<T>(Func<T, bool>? which = null)
        where T : ConversationEvent
    {
        await Until(() => Events.OfType<T>().Any(which ?? (static _ => true)));
        return Events.OfType<T>().First(which ?? (static _ => true));
    }

    /// <summary>The first sound of a piece is sent.</summary>
    public void Begin(string id) => Conversation.OnUtteranceStarted(id, Time.GetUtcNow());

    /// <summary>The listener heard the oldest piece that is being said, or some of it.</summary>
    public void Hear(int? upTo = null)
    {
        string id;
        lock (_gate)
        {
            id = _open[0];
            _open.RemoveAt(0);
        }

        Conversation.OnUtteranceEnded(id, upTo);
    }

    SpeakResult IMouth.Speak(long turn, string text, string? language, System.Diagnostics.ActivityContext trace)
    {
        if (Refuses(text) is { } refused)
        {
            return refused;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return new SpeakResult.NothingToSay();
        }

        string id;
        lock (_gate)
        {
            id = "u" + (_said.Count + 1).ToString(CultureInfo.InvariantCulture);
            _said.Add((id, text.Trim()));
            _languages.Add(language);
            Trace = trace;
            _open.Add(id);
        }

        News();
        return new SpeakResult.Accepted(id);
    }

    void IMouth.Stop()
    {
        Stops++;
        News();
    }

    void IMouth.Pause()
    {
    }

    void IMouth.GoOn()
    {
    }

    void IConversationObserver.OnConversationEvent(ConversationEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
        }

        News();
    }

    public ValueTask DisposeAsync() => Conversation.DisposeAsync();

    private void News()
    {
        TaskCompletionSource news;
        lock (_gate)
        {
            (news, _news) = (_news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        news.SetResult();
    }

    private sealed class OneModel(IChatClient client) : IModelDirectory
    {
        private readonly ChatModel _model = new(new ModelDescription("test", "Test", IsOffline: false), client, null, null, CallsTools: true);

        public IReadOnlyList<ModelDescription> Models => [_model.Description];

        public ChatModel? Find(string? name) => name is null or "test" ? _model : null;
    }

    private sealed class Tools(IReadOnlyList<AIFunction> tools) : IToolSource
    {
        IReadOnlyList<AIFunction> IToolSource.Tools => tools;
    }
}
