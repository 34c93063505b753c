using System.Collections.Concurrent;
using Holdfast.Media;
using Holdfast.Server.Tests;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Dialogue.Tests.Listening;

/// <summary>A listener with a real ear and a real recogniser's protocol; packets and news come in an order that a test chooses, and time stands still.</summary>
public sealed class ListenerTests
{
    private const int First = 55;
    private const int Lost = 50;

    /// <summary>Outages are told by another thread than sound: the news may come when there is sound from behind the gap already.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(8, 12)]
    [InlineData(12, 12)]
    public async Task An_outage_that_is_told_late_is_mended_where_it_was(int cutAfter, int backAfter)
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "well counted";
        var settings = new ListeningOptions { BaseUrl = service.Url, PartialMilliseconds = 0, FalseAlarmMilliseconds = 10_000 };
        using var provider = new ServiceCollection().BuildServiceProvider();
        using var hearing = new Hearing(
            new HouseRecogniser(Options.Create(settings), provider),
            Options.Create(settings),
            new SilenceEndOfTurn(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1_200)),
            new FakeTimeProvider());
        var host = new Host();
        using var listener = new Listener(hearing, host);
        host.Listener = listener;
        listener.Set(ListeningMode.HandsFree, isTalking: false);
        var voice = await VoiceAsync();
        var packets = new Packets(listener, voice);

        await packets.SendAsync(0, First);
        for (var i = 0; i <= 12; i++)
        {
            if (i == cutAfter)
            {
                listener.OnCut();
            }

            if (i == backAfter)
            {
                listener.OnBack();
            }

            await packets.SendAsync(First + Lost + i, First + Lost + i + 1, lostBefore: i == 0 ? Lost : 0);
        }

        await packets.SendAsync(First + Lost + 13, packets.Count);
        Assert.True(await listener.TakeAsync(HearingFormat.From(voice), ago: null, key: "a"));
        await packets.BeSilentUntil(host.Recognised);

        Assert.Empty(host.Faults);
        Assert.InRange(SoundLikeness.Of(SoundLikeness.LoudnessOf(HearingFormat.From(voice)), SoundLikeness.LoudnessOf(service.Heard[^1].Sound)), 0.9, 1.001);
    }

    private static async Task<short[]> VoiceAsync()
    {
        using var flite = new FliteTextToSpeechClient(Options.Create(new SpeechOptions()), new FairTurns(1));
        var spoken = await flite.GetAudioAsync(
            "The quick brown fox jumps over the lazy dog and walks home along the river.", new TextToSpeechOptions(), TestContext.Current.CancellationToken);
        List<short> sound = [];
        var decoder = new SpeechDecoder(samples => sound.AddRange(samples));
        foreach (var content in spoken.Contents.OfType<DataContent>())
        {
            decoder.Push(content);
        }

        decoder.Flush();
        return [.. sound];
    }

    /// <summary>A sender of one voice; what was sent is heard before more is.</summary>
    private sealed class Packets
    {
        private readonly Listener _listener;
        private readonly byte[][] _packets;
        private readonly byte[] _silence;
        private uint _timestamp;

        public Packets(Listener listener, short[] voice)
        {
            _listener = listener;
            using var encoder = new OpusEncoder();
            _packets = [.. voice.Chunk(SoundFormat.SamplesPerFrame).Where(static frame => frame.Length == SoundFormat.SamplesPerFrame)
                .Select(frame => encoder.Encode(frame).ToArray())];
            _silence = encoder.Encode(new short[SoundFormat.SamplesPerFrame]).ToArray();
        }

        public int Count => _packets.Length;

        public async Task SendAsync(int from, int to, int lostBefore = 0)
        {
            for (var i = from; i < to; i++)
            {
                await SendAsync(_packets[i], (uint)i * SoundFormat.SamplesPerFrame, i == from ? lostBefore : 0);
            }
        }

        public async Task BeSilentUntil(Task done)
        {
            while (!done.IsCompleted)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await SendAsync(_silence, _timestamp + SoundFormat.SamplesPerFrame, 0);
            }
        }

        private async Task SendAsync(byte[] packet, uint timestamp, int lostBefore)
        {
            _timestamp = timestamp;
            _listener.Receive(packet, timestamp, lostBefore);
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _listener.Ear.Post(heard.SetResult);
            await heard.Task;
        }
    }

    /// <summary>A conversation that wants to hear whatever is said.</summary>
    private sealed class Host : IListenerHost
    {
        private readonly TaskCompletionSource _recognised = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _turn;

        public Listener? Listener { get; set; }

        public ConcurrentQueue<Exception> Faults { get; } = new();

        public Task Recognised => _recognised.Task;

        public string? Language => null;

        public void OnVoice(TurnInput input)
        {
            switch (input)
            {
                case TurnInput.VoiceBegan:
                    Listener!.Do(new TurnEffect.Listen(++_turn));
                    break;
                case TurnInput.VoiceEnded:
                    Listener!.Do(new TurnEffect.Recognise(_turn));
                    break;
                case TurnInput.Recognised:
                    _recognised.TrySetResult();
                    break;
            }
        }

        public void OnSaidInTheGap(string text) => Faults.Enqueue(new InvalidOperationException("A question of its own: " + text));

        public void OnNotHeard(long turn, Exception exception) => Faults.Enqueue(exception);

        public void OnFault(Exception exception) => Faults.Enqueue(exception);
    }
}
