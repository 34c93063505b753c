using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Lab.Words;

/// <summary>Learns how a passage sounds from the server that will speak it, whatever voice it has: over a path that loses nothing.</summary>
internal static class PassageReference
{
    private const int Attempts = 3;
    private const int Loud = 300;

    // The server sends sound in real time; nothing of a passage of half a minute takes longer.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(300);

    /// <param name="host">Where the peer lives that listens.</param>
    /// <param name="service">The server.</param>
    /// <param name="sentences">The passage's words.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServerException">The server does not speak.</exception>
    /// <exception cref="InvalidOperationException">The words cannot be told apart.</exception>
    public static async Task<SpokenPassage> RecordAsync(PeerHost host, HoldfastService service, string[][] sentences, CancellationToken cancellationToken)
    {
        for (var left = Attempts - 1; ; left--)
        {
            var (sound, words, isWhole) = await ListenAsync(host, service, SpokenPassage.Write(sentences), cancellationToken);
            if (isWhole || left == 0)
            {
                return SpokenPassage.From(sentences, sound, words);
            }
        }
    }

    private static async Task<(short[] Sound, ToldWord[] Words, bool IsWhole)> ListenAsync(
        PeerHost host, HoldfastService service, string text, CancellationToken cancellationToken)
    {
        var (session, _) = await LabSession.StartAsync(host, service, new LabSessionOptions(), cancellationToken);
        await using var __ = session;
        using var decoder = new OpusDecoder();
        var (pcm, isWhole, first, next) = (new List<short>(), true, (uint?)null, (uint?)null);
        var samples = new short[OpusDecoder.MaxSamplesPerPacket];
        session.Line.With((peer, _) => peer.Media!.Audio.OnSound = (_, timestamp, opus) =>
        {
            var missing = unchecked((int)(timestamp - (next ?? timestamp)));
            isWhole &= missing == 0;
            first ??= timestamp;
            pcm.AddRange(new short[Math.Clamp(missing, 0, SoundFormat.SampleRate)]);
            var count = decoder.Decode(opus, samples);
            next = timestamp + (uint)count;
            pcm.AddRange(samples.AsSpan(0, count));
        });
        await service.SayAsync(session.Ticket, text, key: null, cancellationToken);
        var begun = host.Clock.Now;
        do
        {
            await host.Clock.Delay(Pause, cancellationToken);
            if (host.Clock.Now - begun > Limit)
            {
                throw new ServerException(ServerFailure.NotUnderstood, $"The server did not end speaking {text.Length} characters within {Limit.TotalSeconds:F0} s.");
            }
        }
        while (await service.LookAsync(session.Ticket, cancellationToken) is { Speaking: true } or { Queued: > 0 });

        // What was sent last is still on its way.
        await host.Clock.Delay(Pause, cancellationToken);
        session.Line.With((peer, _) => peer.Media!.Audio.OnSound = null);
        var words = await service.WordsAsync(session.Ticket, cancellationToken);
        await session.CloseAsync(cancellationToken);
        var heard = Heard(pcm);
        var begin = (first ?? 0) + (uint)heard.Start.Value;
        return (pcm.Take(heard).ToArray(), [.. words.Select(word => word.In(begin))], isWhole);
    }

    /// <summary>All but the silence before and after, with a margin.</summary>
    private static Range Heard(List<short> pcm)
    {
        var margin = (int)(Margin.TotalSeconds * SoundFormat.SampleRate);
        var first = pcm.FindIndex(static sample => Math.Abs((int)sample) > Loud);
        var last = pcm.FindLastIndex(static sample => Math.Abs((int)sample) > Loud);
        return first < 0 ? ..0 : Math.Max(0, first - margin)..Math.Min(pcm.Count, last + margin);
    }
}
