using System.Buffers.Binary;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Tests.Words;

public sealed class RecordingTests
{
    private readonly Recording _recording = new();

    [Fact]
    public void Pieces_of_a_stream_follow_each_other()
    {
        Add(10_000, "a", begins: true, 1, 2);
        Add(99_000, "a", begins: false, 3);

        Assert.Equal(10_000, _recording.Begun);
        Assert.Equal<short>([1, 2, 3], _recording.Pcm.ToArray());
    }

    [Fact]
    public void Where_nothing_was_recorded_there_is_silence()
    {
        Add(10_000, "a", begins: true, 1);
        Add(11_000, "b", begins: true, 2);

        Assert.Equal(48_001, _recording.Pcm.Length);
        Assert.Equal((1, 0, 2), (_recording.Pcm[0], _recording.Pcm[24_000], _recording.Pcm[48_000]));
    }

    [Fact]
    public void Two_tabs_that_play_at_a_time_are_heard_at_a_time()
    {
        Add(10_000, "a", begins: true, [.. Enumerable.Repeat((short)100, 48_000)]);
        Add(10_500, "b", begins: true, [.. Enumerable.Repeat((short)7, 12_000)]);
        Add(11_000, "a", begins: false, [.. Enumerable.Repeat((short)100, 48_000)]);
        Add(10_750, "b", begins: false, [.. Enumerable.Repeat((short)32_760, 12_000)]);

        Assert.Equal(TimeSpan.FromSeconds(2), _recording.Length);
        var pcm = _recording.Pcm;
        Assert.Equal((100, 107, short.MaxValue, 100), (pcm[23_999], pcm[24_000], pcm[36_000], pcm[48_000]));
    }

    [Fact]
    public void Clocks_that_differ_a_little_make_no_hole()
    {
        Add(10_000, null, begins: true, 1, 2);
        Add(10_150, null, begins: true, 3);

        Assert.Equal<short>([1, 2, 3], _recording.Pcm.ToArray());
    }

    private void Add(double at, string? stream, bool begins, params short[] samples)
    {
        var bytes = new byte[2 * samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), samples[i]);
        }

        _recording.Add(new Recording.Piece(at, begins, 48_000, Convert.ToBase64String(bytes), stream));
    }
}
