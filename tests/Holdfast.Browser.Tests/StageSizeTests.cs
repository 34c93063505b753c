using Holdfast.Browser.Kit;

namespace Holdfast.Browser.Tests;

/// <summary>The picture is as large as the page shows it, over a resize and a reload.</summary>
public sealed class StageSizeTests(Stage stage)
{
    private const string Fits = """
        probe.until(() => {
          const { video } = document.querySelector('holdfast-player');
          const side = Math.round(video.getBoundingClientRect().width * devicePixelRatio);
          return video.videoWidth === ([128, 256].find((size) => size >= side) ?? 384);
        }, 60_000)
        """;

    [Fact]
    public async Task The_picture_grows_and_shrinks_with_its_stage_and_comes_back_as_large()
    {
        // Small sizes, which are made in a moment.
        await using var server = await ServerProcess.StartAsync("--Holdfast:Avatar:PictureSize=128", "--Holdfast:Avatar:MaxPictureSize=384");
        await using var visit = await Visit.OpenAsync(stage, address: server.Address, width: 1280, height: 780);
        await visit.ConnectAsync();
        await visit.WithinAsync<bool>(60, Fits);
        Assert.Equal(384, await WidthAsync(visit));

        await visit.Page.SetViewportSizeAsync(640, 300);
        await visit.WithinAsync<bool>(30, Fits);
        var small = await WidthAsync(visit);
        Assert.InRange(small, 128, 256);

        await visit.Page.SetViewportSizeAsync(1280, 780);
        await visit.WithinAsync<bool>(30, Fits);
        await visit.Page.ReloadAsync();
        await visit.ShownAsync();
        await visit.WithinAsync<bool>(30, Fits);
        Assert.Equal(384, await WidthAsync(visit));
        await visit.NothingWentWrongAsync();
    }

    private static Task<int> WidthAsync(Visit visit) => visit.Page.EvaluateAsync<int>("() => document.querySelector('holdfast-player').video.videoWidth");
}
