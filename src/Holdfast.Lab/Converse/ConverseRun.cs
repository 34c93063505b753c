using Holdfast.Lab.Measure;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Rtc;

namespace Holdfast.Lab.Converse;

/// <summary>How a conversation is measured.</summary>
internal sealed record ConverseOptions
{
    public int Sessions { get; init; } = 1;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer is listened to before it is broken off.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1.5);
}

/// <summary>A stage of a turn.</summary>
/// <param name="Name">What, from what to what.</param>
/// <param name="Figures">In milliseconds; null where there was none.</param>
internal sealed record StageResult(string Name, Figures? Figures);

/// <summary>What came of it.</summary>
internal sealed record ConverseReport(int Sessions, double Seconds, int Turns, int Failed, IReadOnlyList<StageResult> Stages)
{
    public double TurnsPerSecond => Turns / Seconds;
}

/// <summary>People who talk with the avatar, all at a time, and break into its answers: one in two by a word of command, the other by speaking.</summary>
internal sealed class ConverseRun(PeerHost host, HoldfastService service, ReadOnlyMemory<short> sentence, ConverseOptions options)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(600);

    private readonly Samples _recognised = new();
    private readonly Samples _written = new();
    private readonly Samples _sent = new();
    private readonly Samples _heard = new();
    private readonly Samples _whole = new();
    private readonly Samples _stopped = new();
    private readonly Samples _spokenInto = new();
    private int _turns;
    private int _failed;

    /// <exception cref="ServerException">The server refuses, or recognises no speech.</exception>
    public async Task<ConverseReport> RunAsync(CancellationToken cancellationToken)
    {
        var began = host.Clock.Now;
        var end = began + options.Duration;
        await Task.WhenAll(Enumerable.Range(0, options.Sessions).Select(index => TalkAsync(index, end, cancellationToken)));
        return new ConverseReport(options.Sessions, (host.Clock.Now - began).TotalSeconds, _turns, _failed,
        [
            new("end of speech to its words", _recognised.Summarize()),
            new("its words to the first sentence of the answer", _written.Summarize()),
            new("the first sentence to its first sound sent", _sent.Summarize()),
            new("sent to heard", _heard.Summarize()),
            new("end of speech to the first sound heard", _whole.Summarize()),
            new("\"stop\" to silence", _stopped.Summarize()),
            new("speaking into the answer to silence", _spokenInto.Summarize()),
        ]);
    }

    private async Task TalkAsync(int index, RtcTime end, CancellationToken cancellationToken)
    {
        var (session, _) = await LabSession.StartAsync(host, service, new LabSessionOptions { Speaks = true }, cancellationToken);
        await using var __ = session;
        await using var microphone = new PeerMicrophone(session.Line, host.Clock.Time);
        await using var journal = new SessionJournal(service.Api, session.Ticket, host.Clock);
        using var watch = new SoundWatch(session.Line);
        await host.Clock.Delay(TimeSpan.FromMilliseconds(137 * index % 2_000), cancellationToken); // not all in one breath
        for (var isCommand = true; host.Clock.Now < end; isCommand = !isCommand)
        {
            if (!await TurnAsync(microphone, journal, watch, cancellationToken))
            {
                Interlocked.Increment(ref _failed);
            }

            await host.Clock.Delay(options.Patience, cancellationToken);
            if (isCommand)
            {
                var asked = host.Clock.Now;
                await service.Api.InterruptAsync(session.Ticket, cancellationToken);
                await NoteSilenceAsync(watch, asked, _stopped, cancellationToken);
            }
        }

        await session.CloseAsync(cancellationToken);
    }

    /// <summary>The person speaks, also into what is being said, and hears the beginning of the answer.</summary>
    private async Task<bool> TurnAsync(PeerMicrophone microphone, SessionJournal journal, SoundWatch watch, CancellationToken cancellationToken)
    {
        var began = host.Clock.Now;
        var wasSpeaking = await watch.FirstAfterAsync(began - TimeSpan.FromMilliseconds(300), TimeSpan.Zero, cancellationToken) is not null;
        var silence = wasSpeaking ? NoteSilenceAsync(watch, began, _spokenInto, cancellationToken) : Task.CompletedTask;
        await microphone.SayAsync(sentence);
        var ended = host.Clock.Now;
        await silence;
        if (await journal.AfterAsync(ended, Limit, static told => told.Kind is "heard" && told.Data.GetProperty("final").GetBoolean(), cancellationToken) is not { } words
            || await journal.AfterAsync(words.At, Limit, static told => told.Kind is "answer", cancellationToken) is not { } written
            || await journal.AfterAsync(words.At, Limit, static told => told.Kind is "started", cancellationToken) is not { } sent
            || await watch.FirstAfterAsync(words.At, Limit, cancellationToken) is not { } heard)
        {
            return false;
        }

        _recognised.Add(words.At - ended);
        _written.Add(written.At - words.At);
        _sent.Add(sent.At - written.At);
        _heard.Add(heard - sent.At);
        _whole.Add(heard - ended);
        Interlocked.Increment(ref _turns);
        return true;
    }

    private static async Task NoteSilenceAsync(SoundWatch watch, RtcTime since, Samples samples, CancellationToken cancellationToken)
    {
        if (await watch.LastBeforeSilenceAsync(Silence, Limit, cancellationToken) is { } last && last > since)
        {
            samples.Add(last - since);
        }
    }
}
