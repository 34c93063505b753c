using System.Security.Cryptography;

namespace Holdfast.Media.Tests;

public sealed class EncodedLoopFileTests
{
    private static readonly byte[] s_file = EncodedLoopFile.Write(Loop());

    [Fact]
    public void A_loop_is_read_as_it_was_written_with_those_that_are_thinner()
    {
        var loop = Loop();

        Assert.True(EncodedLoopFile.TryRead(EncodedLoopFile.Write(loop), out var read));

        for (EncodedLoop? left = loop, right = read; left is not null; left = left.Thinner, right = right.Thinner)
        {
            Assert.NotNull(right);
            Assert.Equal((left.Count, left.KeyFrameInterval, left.IsFull, left.HasSpares), (right.Count, right.KeyFrameInterval, right.IsFull, right.HasSpares));
            Assert.All(Enumerable.Range(0, left.Count), i => Assert.True(left[i].SequenceEqual(right[i])));
            Assert.Equal(left.Thinner is null, right.Thinner is null);
        }
    }

    [Fact]
    public void What_was_damaged_or_cut_off_is_not_read()
    {
        for (var i = 0; i < s_file.Length; i += 97)
        {
            var damaged = s_file.ToArray();
            damaged[i] ^= 1;
            Assert.False(EncodedLoopFile.TryRead(damaged, out _));
            Assert.False(EncodedLoopFile.TryRead(s_file.AsMemory(0, i), out _));
        }
    }

    [Fact]
    public void What_is_no_loop_throws_nothing_whatever_its_hash()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var changed = s_file.AsSpan(0, random.Next(40, 600)).ToArray();
            for (var k = 0; k < 3; k++)
            {
                changed[random.Next(8, 40)] = (byte)random.Next();
            }

            SHA256.HashData(changed.AsSpan(0, changed.Length - 32)).CopyTo(changed, changed.Length - 32);
            Assert.False(EncodedLoopFile.TryRead(changed, out _));
        }
    }

    private static EncodedLoop Loop()
    {
        var format = new VideoFormat(128, 128, 25);
        var portrait = new DrawnPortrait(format, 10);
        var loop = EncodedLoopBuilder.Build(format, 10, 5, 400_000, Draw, cancellationToken: TestContext.Current.CancellationToken);
        EncodedLoopBuilder.AddThinner(loop, format, 400_000, Draw, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotNull(loop.Thinner);
        Assert.True(loop.HasSpares);
        return loop;

        void Draw(long index, I420Picture picture) => portrait.Draw(index, 0, picture);
    }
}
