using Holdfast.Lab.Line;
using Holdfast.Lab.Line.Relayed;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;
using Holdfast.Media;

namespace Holdfast.Lab.Tests.Line;

/// <summary>Lines in real time: the real server, the relay and the lab's peer. How late something is is the machine's affair here.</summary>
[Trait("Speed", "Slow")]
public sealed class RelayedRunTests
{
    private static readonly LineScenario s_line = new()
    {
        Bandwidth = 500e3,
        Delay = TimeSpan.FromMilliseconds(5),
        SpeaksFrom = TimeSpan.FromSeconds(1),
        Duration = TimeSpan.FromSeconds(6),
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_idles_and_speaks_over_a_line_and_what_arrives_is_told()
    {
        await using var server = await RealServer.StartAsync();
        var source = new ServerSource(server.Service, LineVideo.TextFor(s_line.Duration));

        var cell = await new RelayedRun(server.Peers).RunAsync(s_line, [source], Cancelled);

        Assert.Empty(cell.Problems);
        var sender = Assert.Single(cell.Senders);
        Assert.Equal(ServerSource.ItsName, sender.Sender);
        Assert.NotNull(sender.Result.FirstPicture);
        Assert.True(sender.Result.Pictures > 0);
        Assert.Equal(128, sender.PictureWidth);
        Assert.InRange(sender.Coarseness, 1, 127);
        Assert.True(sender.Result.Words > 0, "No word was told.");
        Assert.Equal(30, sender.Result.Series.Count);
        Assert.Contains(sender.Result.Series, static sample => sample.Sent > 0);
        Assert.InRange(sender.Result.LineUse, 0.001, 1.5);
        Assert.InRange(sender.Result.SoundMissing, 0, 0.99);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_problem_and_the_others_send()
    {
        await using var server = await RealServer.StartAsync();
        using var http = HoldfastApi.CreateClient(new Uri("http://127.0.0.1:9/"));
        var text = LineVideo.TextFor(s_line.Duration);
        ILineSource[] sources = [new ServerSource(new HoldfastService(new HoldfastApi(http)), text), new ServerSource(server.Service, text)];

        var cell = await new RelayedRun(server.Peers).RunAsync(s_line with { Duration = TimeSpan.FromSeconds(1) }, sources, Cancelled);

        Assert.StartsWith("Holdfast: There is no server at", Assert.Single(cell.Problems), StringComparison.Ordinal);
        Assert.Single(cell.Senders);
    }

    [Fact]
    public async Task What_a_browser_sends_idles_first_and_is_as_large_as_what_the_server_sends()
    {
        var (text, size) = ("One two three.", Vp8Codec.Default);

        var (early, late) = (await RenderAsync(0.5), await RenderAsync(3));

        var key = Render.RecordingFile.Read(early).First(static block => block.Track == 1).Data;
        Assert.Equal(512, size.SizeOf(key.Span)?.Width);

        // A picture more or less.
        Assert.InRange(Length(late) - Length(early), 2_440, 2_560);

        async Task<byte[]> RenderAsync(double idles) => await LineVideo.RenderAsync(text, TimeSpan.FromSeconds(idles), TimeProvider.System, Cancelled);
        static long Length(byte[] video) => Render.RecordingFile.Read(video).Max(static block => block.Milliseconds);
    }

    [Fact]
    public void A_text_is_said_for_longer_than_a_line_is_watched()
    {
        Assert.InRange(LineVideo.TextFor(TimeSpan.FromSeconds(60)).Split(' ').Length, 60 * 3, 60 * 5);
    }
}
