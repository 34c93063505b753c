using Holdfast.AspNetCore.Recording;
using Holdfast.Media;

namespace Holdfast.Server.Tests;

/// <summary>What a recording or a stream takes, and when it asks for a key frame.</summary>
public sealed class QueuedOutputTests
{
    private static readonly byte[] Packet = [1, 2, 3];
    private readonly Output _output = new();
    private int _now;

    [Fact]
    public async Task It_begins_with_a_key_frame_and_asks_for_another_only_when_somebody_needs_it()
    {
        Tick(isKeyFrame: false, times: 60);
        Assert.True(_output.WantsKeyFrame);
        Tick(isKeyFrame: true);
        Assert.False(_output.WantsKeyFrame);
        Tick(isKeyFrame: false, times: 100);
        Assert.False(_output.WantsKeyFrame);
        _output.Ask();
        Assert.True(_output.WantsKeyFrame);

        // Asked again right after one was made, it is not made at once: each costs every viewer.
        Tick(isKeyFrame: true);
        _output.Ask();
        Assert.False(_output.WantsKeyFrame);
        Tick(isKeyFrame: false, times: 60);
        Assert.True(_output.WantsKeyFrame);

        var taken = await _output.TakeAllAsync();
        Assert.True(taken[0] is { IsVideo: true, IsKeyFrame: true, Time.Ticks: 0 });
        Assert.Equal(2, taken.Count(static packet => packet.IsKeyFrame));
    }

    [Fact]
    public async Task While_it_waits_for_its_target_it_takes_nothing_and_asks_for_nothing()
    {
        Tick(isKeyFrame: true);
        Tick(isKeyFrame: false, times: 10);
        _output.Rest();
        Tick(isKeyFrame: true);
        Tick(isKeyFrame: false, times: 500);
        Assert.False(_output.WantsKeyFrame);
        _output.Anew();
        Tick(isKeyFrame: false, times: 5);
        Assert.True(_output.WantsKeyFrame);
        Tick(isKeyFrame: true);
        Tick(isKeyFrame: false, times: 2);
        var taken = await _output.TakeAllAsync();
        Assert.True(taken[0] is { IsKeyFrame: true, Time.Ticks: 0 });
        Assert.Equal(2, taken.Count(static packet => !packet.IsKeyFrame && packet.IsVideo));
    }

    [Fact]
    public async Task Pictures_in_a_codec_that_it_does_not_take_are_passed_over_and_it_goes_on_with_a_key_frame()
    {
        Tick(isKeyFrame: true);
        Tick(isKeyFrame: true, codec: "X-TEST");
        Tick(isKeyFrame: false, times: 100, codec: "X-TEST");
        Assert.False(_output.WantsKeyFrame);
        Tick(isKeyFrame: false);
        Assert.True(_output.WantsKeyFrame);
        Tick(isKeyFrame: true);
        var taken = await _output.TakeAllAsync();
        Assert.Equal(2, taken.Count(static packet => packet.IsVideo));
        Assert.All(taken.Where(static packet => packet.IsVideo), static packet => Assert.True(packet.IsKeyFrame));
        Assert.Equal(208, taken.Count(static packet => !packet.IsVideo));
    }

    /// <summary>40 ms each: a picture and two packets of sound.</summary>
    private void Tick(bool isKeyFrame, int times = 1, string codec = "VP8")
    {
        for (var i = 0; i < times; i++)
        {
            var at = TimeSpan.FromMilliseconds(40 * ++_now);
            _output.SendVideo(at, new EncodedPicture(codec, Packet, isKeyFrame));
            _output.SendAudio(at, Packet, silent: false, place: 0);
            _output.SendAudio(at + TimeSpan.FromMilliseconds(20), Packet, silent: false, place: 0);
        }
    }

    private sealed class Output() : QueuedOutput(null!, TimeSpan.FromSeconds(60))
    {
        public override void OnEnded() => Close();

        public void Ask() => AskForKeyFrame();

        public void Rest() => StandBy();

        public void Anew() => BeginAnew();

        public async Task<List<OutputPacket>> TakeAllAsync()
        {
            Close();
            var all = new List<OutputPacket>();
            await foreach (var packet in ReadAllAsync(TestContext.Current.CancellationToken))
            {
                all.Add(packet);
                Return(packet);
            }

            return all;
        }
    }
}
