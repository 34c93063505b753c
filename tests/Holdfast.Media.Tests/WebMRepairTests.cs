namespace Holdfast.Media.Tests;

/// <summary>Files whose writer was cut off, at any byte.</summary>
public sealed class WebMRepairTests
{
    private static readonly VideoFormat Video = new(64, 64, 25);

    [Fact]
    public void A_file_cut_off_at_any_byte_is_made_whole_up_to_what_was_there()
    {
        var all = Unfinished(seconds: 5);
        var longest = TimeSpan.Zero;
        var repaired = 0;
        foreach (var length in Enumerable.Range(0, all.Length).Where(static length => length % 23 == 0).Append(all.Length))
        {
            var file = FileOf(all.AsSpan(0, length));
            if (!WebMWriter.TryRepair(file, out var duration))
            {
                // Not even its head was there: it is left as it is.
                Assert.Equal(all[..length], file.ToArray());
                Assert.Equal(TimeSpan.Zero, longest);
                continue;
            }

            repaired++;
            Assert.True(duration >= longest);
            longest = duration;
            var scan = WebMScan.TryRead(file)!;
            Assert.True(scan.IsWhole);
            Assert.Equal(duration > TimeSpan.FromSeconds(1.5), scan.Cues.Count > 1);

            // It is done once.
            var whole = file.ToArray();
            Assert.True(WebMWriter.TryRepair(file, out var again));
            Assert.Equal(whole, file.ToArray());
            Assert.InRange(again - duration, TimeSpan.Zero, TimeSpan.FromMilliseconds(40));
        }

        Assert.True(repaired > 100);
        Assert.InRange(longest, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_hole_ends_a_file_where_it_begins_and_what_is_no_file_of_the_writer_is_left_alone()
    {
        var all = Unfinished(seconds: 5);
        var holed = all.ToArray();
        holed.AsSpan(holed.Length / 2, 4096).Clear();
        Assert.True(WebMWriter.TryRepair(FileOf(all), out var whole));
        Assert.True(WebMWriter.TryRepair(FileOf(holed), out var cut));
        Assert.InRange(cut, TimeSpan.FromSeconds(0.9), whole - TimeSpan.FromSeconds(1));

        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var garbage = new byte[random.Next(0, 4000)];
            random.NextBytes(garbage);
            all.AsSpan(0, Math.Min(garbage.Length, random.Next(0, 60))).CopyTo(garbage);
            var file = FileOf(garbage);
            if (!WebMWriter.TryRepair(file, out _))
            {
                Assert.Equal(garbage, file.ToArray());
            }
        }
    }

    [Fact]
    public void What_was_killed_within_its_own_repair_is_repaired()
    {
        var all = Unfinished(seconds: 3);
        var file = FileOf(all);
        Assert.True(WebMWriter.TryRepair(file, out var duration));

        // The index was written, and half of the rest was not: what is filled in last is the table of contents.
        var half = file.ToArray();
        all.AsSpan(0, 200).CopyTo(half);
        Assert.True(WebMWriter.TryRepair(FileOf(half), out var again));
        Assert.Equal(duration, again);
    }

    private static byte[] Unfinished(int seconds)
    {
        using var stream = new MemoryStream();
        using var writer = new WebMWriter(stream, Video);
        for (var time = 0; time < seconds * 1000; time += 20)
        {
            if (time % 40 == 0)
            {
                writer.WriteVideo(TimeSpan.FromMilliseconds(time), new byte[200], isKeyFrame: time % 1000 == 0);
            }

            writer.WriteAudio(TimeSpan.FromMilliseconds(time), new byte[60]);
        }

        return stream.ToArray();
    }

    private static MemoryStream FileOf(ReadOnlySpan<byte> bytes)
    {
        var file = new MemoryStream();
        file.Write(bytes);
        return file;
    }
}
