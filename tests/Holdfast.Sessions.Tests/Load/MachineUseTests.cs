using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Sessions.Tests.Load;

/// <summary>What Linux tells of a machine.</summary>
public sealed class MachineUseTests
{
    [Fact]
    public void The_processors_line_is_read_without_what_guests_used_twice()
    {
        Assert.True(MachineUse.TryParseProcessors("cpu  10 1 5 100 20 2 3 4 999 999\ncpu0 1"u8, out var time));
        Assert.Equal((120, 145), time);
        Assert.False(MachineUse.TryParseProcessors("cpu0 10 1 5 100 20 2 3 4"u8, out _));
        Assert.False(MachineUse.TryParseProcessors("cpu  10 1 5"u8, out _));
        Assert.False(MachineUse.TryParseProcessors(default, out _));
    }

    [Fact]
    public void Threads_that_want_a_processor_are_the_fourth_field()
    {
        Assert.True(MachineUse.TryParseRunnable("0.20 0.18 0.12 17/203 4711\n"u8, out var threads));
        Assert.Equal(17, threads);
        Assert.False(MachineUse.TryParseRunnable("0.20 0.18"u8, out _));
        Assert.False(MachineUse.TryParseRunnable("a b c d"u8, out _));
    }

    [Fact]
    public void A_look_allocates_nothing_and_tells_shares()
    {
        var time = new FakeTimeProvider();
        using var use = new MachineUse(time);
        _ = use.Look();
        time.Advance(TimeSpan.FromSeconds(1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (process, machine, runnable) = use.Look();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(process!.Value, 0, 1);
        Assert.InRange(machine ?? 0, 0, 1);
        Assert.True(runnable is null or > 0);
    }
}
