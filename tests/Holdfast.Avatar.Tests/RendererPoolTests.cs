using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>A server that stops while a picture is drawn: what is drawn with belongs to the one who draws until they are done.</summary>
public sealed class RendererPoolTests
{
    private const int Size = 128;

    [Fact]
    public void A_picture_that_is_asked_for_after_the_end_is_not_drawn_and_nothing_falls_over()
    {
        var pool = new RendererPool(Character.All[0].Design, Size);
        var picture = new I420Picture(Size, Size);
        pool.Draw(new Pose(), picture);
        Assert.True(picture.Data.ContainsAnyExcept((byte)0));
        pool.Dispose();
        picture.Data.Clear();
        pool.Draw(new Pose(), picture);
        Assert.False(picture.Data.ContainsAnyExcept((byte)0));
        pool.Dispose();
    }

    [Fact]
    public async Task Who_draws_when_the_end_comes_draws_to_the_end()
    {
        for (var round = 0; round < 20; round++)
        {
            var pool = new RendererPool(Character.All[0].Design, Size);
            using var begun = new SemaphoreSlim(0);
            var drawing = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                var picture = new I420Picture(Size, Size);
                for (var i = 0; i < 5; i++)
                {
                    pool.Draw(new Pose(), picture);
                    begun.Release();
                }
            })).ToArray();
            await begun.WaitAsync(TestContext.Current.CancellationToken);
            pool.Dispose();
            await Task.WhenAll(drawing);
        }
    }
}
