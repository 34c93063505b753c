using Holdfast.Browser.Kit;

namespace Holdfast.Browser.Tests;

/// <summary>The picture is as large as the page shows it, over a resize and a reload, and whatever becomes of the server's process.</summary>
public sealed class StageSizeTests(Stage stage)
{
    private const string Fits = """
        probe.until(() => {
          const { video } = document.querySelector('holdfast-player');
          const side = Math.round(video.getBoundingClientRect().width * devicePixelRatio);
          return video.videoWidth === ([128, 256].find((size) => size >= side) ?? 384);
        }, 60_000)
        """;

    // Alone: a machine with little time shows the smallest size, as it should, and others beside this test leave it little.
    [Fact(DisableParallelization = true)]
    public async Task The_picture_grows_and_shrinks_with_its_stage_and_comes_back_as_large()
    {
        // Small sizes, which are made in a moment.
        await using var server = new KeptServer("--Holdfast:Avatar:PictureSize=128", "--Holdfast:Avatar:MaxPictureSize=384", "--Holdfast:Store:TakeOver=true");
        await server.StartAsync();
        await using var visit = await Visit.OpenAsync(stage, address: server.Now.Address, width: 1280, height: 780);
        await visit.ConnectAsync();
        await visit.WithinAsync<bool>(60, Fits);
        Assert.Equal(384, await WidthAsync(visit));

        await visit.Page.SetViewportSizeAsync(640, 300);
        await visit.WithinAsync<bool>(30, Fits);
        var small = await WidthAsync(visit);
        Assert.InRange(small, 128, 256);

        await visit.Page.SetViewportSizeAsync(1280, 780);
        await visit.WithinAsync<bool>(30, Fits);
        await visit.Page.RunAndWaitForResponseAsync(() => visit.Page.ReloadAsync(), static response => response.Url.EndsWith("/stage", StringComparison.Ordinal));
        await visit.ShownAsync();
        await visit.WithinAsync<bool>(30, Fits);
        Assert.Equal(384, await WidthAsync(visit));
        await visit.NothingWentWrongAsync();

        // Killed, and taken over by a newer one, the server remembers it: the page does not tell it again.
        var told = 0;
        visit.Page.Request += (_, request) => told += request.Url.EndsWith("/stage", StringComparison.Ordinal) ? 1 : 0;
        await server.CrashAsync();
        await AgainAsync();
        await server.TakeOverAsync();
        await AgainAsync();
        Assert.Equal(0, told);

        async Task AgainAsync()
        {
            await visit.SceneAsync("call", seconds: 30);
            await visit.WithinAsync(30, "probe.plays(50)");
            await visit.WithinAsync<bool>(30, Fits);
            Assert.Equal(384, await WidthAsync(visit));
        }
    }

    private static Task<int> WidthAsync(Visit visit) => visit.Page.EvaluateAsync<int>("() => document.querySelector('holdfast-player').video.videoWidth");
}
