using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Words;
using Holdfast.Rtc;

namespace Holdfast.Lab.Load;

/// <summary>What became of the words that were said under a load.</summary>
/// <param name="Sessions">Sessions that were spoken in and judged.</param>
/// <param name="Passages">How many times the passage was said to its end.</param>
/// <param name="Said">Words in them.</param>
/// <param name="Lost">Words that were not heard whole even once.</param>
/// <param name="LostPerSession">Of each session, in the mean.</param>
/// <param name="RepeatedSeconds">How much was said again, over all sessions.</param>
/// <param name="RepeatedSecondsPerSession">Of each session, in the mean.</param>
/// <param name="LongestRepeatSeconds">The most that was said again at a time.</param>
/// <param name="LongestRepeat">When that was, with the session and all that was heard; null where nothing was said again.</param>
/// <param name="LostWords">The words that were lost, with the session and what was heard instead; not all where they are many.</param>
/// <param name="NotFinished">Passages that did not come to their end, and were not judged.</param>
/// <param name="Problem">Why there is no judgement; null where there is one.</param>
internal sealed record WordsReport(
    int Sessions,
    int Passages,
    int Said,
    int Lost,
    double LostPerSession,
    double RepeatedSeconds,
    double RepeatedSecondsPerSession,
    double LongestRepeatSeconds,
    string? LongestRepeat,
    int NotFinished,
    IReadOnlyList<string> LostWords,
    string? Problem)
{
    public static WordsReport None(string problem) => new(0, 0, 0, 0, 0, 0, 0, 0, null, 0, [], problem);
}

/// <summary>
/// Says a known passage in sessions, records what their peers get and finds out afterwards which words were lost and how much was said again. What
/// it sounds like is recorded first from the same server, undisturbed: so it can be any deployment, with any voice.
/// </summary>
internal sealed class SpeechProof(PeerHost host, ISessionService service, SpokenPassage passage)
{
    private const int MaximumExamples = 20;

    /// <summary>Of a passage of 15 s; how much is said again on top of it, and how often nobody is there, is the outages' affair.</summary>
    private static readonly TimeSpan LongestReference = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPassage = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>What is under way or ahead in a buffer when the server has said the last of it.</summary>
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private readonly List<Saying> _sayings = [];
    private readonly HashSet<string> _speakers = new(StringComparer.Ordinal);
    private int _notFinished;
    private int _judged;
    private int _lost;

    /// <summary>Passages that were said to their end so far.</summary>
    public int PassagesSaid
    {
        get
        {
            lock (_gate)
            {
                return _sayings.Count;
            }
        }
    }

    /// <summary>Words in them.</summary>
    public int WordsSaid => PassagesSaid * passage.Words.Count;

    /// <summary>Passages that were judged so far.</summary>
    public int Judged => Volatile.Read(ref _judged);

    /// <summary>Words that were lost in those.</summary>
    public int Lost => Volatile.Read(ref _lost);

    private static string[][] Sentences => Passages.Alphabet[..2];

    /// <summary>Records the passage on an undisturbed path.</summary>
    /// <exception cref="InvalidOperationException">Its words cannot be told apart, or it was not heard whole.</exception>
    /// <exception cref="ServerException">The server has no place for the session, or does not say it.</exception>
    public static async Task<SpeechProof> ListenAsync(PeerHost host, ISessionService service, CancellationToken cancellationToken)
    {
        var recorder = new SoundRecorder();
        var (session, _) = await LabSession.StartAsync(host, service, new LabSessionOptions { Recorder = recorder }, cancellationToken);
        await using var __ = session;
        short[] sound;
        bool isWhole;
        ToldWord[] words;
        try
        {
            var began = host.Clock.Now;
            await service.SpeakDistinctlyAsync(session.Ticket, cancellationToken);
            await service.SayAsync(session.Ticket, SpokenPassage.Write(Sentences), key: null, cancellationToken);
            if (!await IsSaidAsync(host, service, session, LongestReference, cancellationToken))
            {
                throw new InvalidOperationException($"The passage was not said to its end within {LongestReference.TotalSeconds:0} s.");
            }

            sound = recorder.Play(began, host.Clock.Now);
            isWhole = recorder.IsWhole(began, host.Clock.Now);
            words = recorder.FirstTimestamp(began, host.Clock.Now) is { } first
                ? [.. (await service.WordsAsync(session.Ticket, cancellationToken)).Select(word => word.In(first))]
                : [];
        }
        finally
        {
            await session.CloseAsync(CancellationToken.None);
        }

        var lost = session.Totals().Lost;
        if (sound.Length == 0)
        {
            throw new InvalidOperationException("The server sent no sound.");
        }

        if (!isWhole)
        {
            throw new InvalidOperationException("The server left time out of the reference: its machine had more to do than time.");
        }

        return lost == 0
            ? new SpeechProof(host, service, SpokenPassage.From(Sentences, sound, words))
            : throw new InvalidOperationException($"{lost} packets of the reference were lost on the way.");
    }

    /// <summary>Says the passage once and waits until it has been said.</summary>
    public async Task SayAsync(LabSession session, SoundRecorder recorder, CancellationToken cancellationToken)
    {
        var began = host.Clock.Now;
        if (!await IsTakenAsync(session, cancellationToken))
        {
            await host.Clock.Delay(Poll, cancellationToken);
            return;
        }

        var isSaid = false;
        try
        {
            isSaid = await IsSaidAsync(host, service, session, LongestPassage, cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                _speakers.Add(session.Ticket.Id);
                _notFinished += isSaid ? 0 : 1;
                if (isSaid)
                {
                    _sayings.Add(new Saying(session.Ticket.Id, recorder, began, host.Clock.Now));
                }
            }
        }
    }

    /// <summary>Decodes and compares, which takes a while: to be done when nothing is measured any more.</summary>
    public WordsReport Judge(CancellationToken cancellationToken)
    {
        Saying[] sayings;
        lock (_gate)
        {
            sayings = [.. _sayings];
        }

        var spotter = new WordSpotter(passage);
        var examples = new List<string>();
        var (lost, repeated, longest) = (0, TimeSpan.Zero, TimeSpan.Zero);
        string? longestHeard = null;
        var before = new HashSet<string>(StringComparer.Ordinal);
        foreach (var saying in sayings)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var transcript = spotter.Spot(saying.Recorder.Play(saying.From, saying.To));
            lost += transcript.Lost.Count;
            Volatile.Write(ref _lost, lost);
            Interlocked.Increment(ref _judged);
            foreach (var repeat in transcript.RepeatsAfter(isAnother: !before.Add(saying.Session)))
            {
                repeated += repeat;
                (longest, longestHeard) = repeat > longest ? (repeat, $"session {saying.Session}: {transcript}") : (longest, longestHeard);
            }

            if (transcript.Lost.Count > 0 && examples.Count < MaximumExamples)
            {
                var holes = saying.Recorder.HolesIn(saying.From, saying.To).Select(static hole => $"{hole.At.TotalSeconds:F2} ({hole.Length.TotalMilliseconds:F0} ms)");
                examples.Add($"session {saying.Session}: {string.Join(", ", transcript.Lost)}; heard: {transcript}; no packet at {string.Join(", ", holes)}");
            }
        }

        var count = Math.Max(1, _speakers.Count);
        return new WordsReport(
            _speakers.Count,
            sayings.Length,
            sayings.Length * passage.Words.Count,
            lost,
            Math.Round((double)lost / count, 3),
            Math.Round(repeated.TotalSeconds, 2),
            Math.Round(repeated.TotalSeconds / count, 3),
            Math.Round(longest.TotalSeconds, 2),
            longestHeard,
            _notFinished,
            examples,
            sayings.Length > 0 ? null : "No passage was said to its end.");
    }

    /// <summary>Sends it until somebody answers, under one name: a server that was killed before it could answer may have taken it.</summary>
    /// <returns>False where it is refused: so much waits that the next is not taken, which passes.</returns>
    private async Task<bool> IsTakenAsync(LabSession session, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        var until = host.Clock.Now + LongestPassage;
        while (true)
        {
            try
            {
                await service.SpeakDistinctlyAsync(session.Ticket, cancellationToken);
                await service.SayAsync(session.Ticket, passage.Text, key, cancellationToken);
                return true;
            }
            catch (ServerException e) when (e.Failure == ServerFailure.Unreachable && host.Clock.Now < until)
            {
                await host.Clock.Delay(Poll, cancellationToken);
            }
            catch (ServerException)
            {
                return false;
            }
        }
    }

    private static async Task<bool> IsSaidAsync(
        PeerHost host, ISessionService service, LabSession session, TimeSpan limit, CancellationToken cancellationToken)
    {
        var until = host.Clock.Now + limit;
        while (host.Clock.Now < until)
        {
            await host.Clock.Delay(Poll, cancellationToken);
            try
            {
                if (!await service.IsSpeakingAsync(session.Ticket, cancellationToken))
                {
                    await host.Clock.Delay(Tail, cancellationToken);
                    return true;
                }
            }
            catch (ServerException)
            {
                // Asked again.
            }
        }

        return false;
    }

    private sealed record Saying(string Session, SoundRecorder Recorder, RtcTime From, RtcTime To);
}
