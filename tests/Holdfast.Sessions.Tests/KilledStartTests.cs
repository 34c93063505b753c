using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Sessions.Tests;

/// <summary>
/// A server that is killed after any step on the disk, of its start, its life or its stop: what was kept is there for the next, in its newest form.
/// </summary>
public sealed class KilledStartTests : IDisposable
{
    /// <summary>More than any of the runs has.</summary>
    private const int MaxSteps = 40;

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-tests-" + Guid.NewGuid().ToString("N"));

    /// <summary>What lies there before the start.</summary>
    public enum Before
    {
        /// <summary>As a polite stop leaves it.</summary>
        Kept,

        /// <summary>As a start that was killed leaves it.</summary>
        Taken,

        /// <summary>Both: of session 1 the file that was kept has a newer record.</summary>
        KeptAndTaken,

        /// <summary>The kept file was damaged in its second line.</summary>
        KeptDamaged,

        /// <summary>The taken file was cut off in the middle of its last line.</summary>
        TakenTornAndKept,
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_directory, "sessions");

    [Theory]
    [InlineData(Before.Kept)]
    [InlineData(Before.Taken)]
    [InlineData(Before.KeptAndTaken)]
    [InlineData(Before.KeptDamaged)]
    [InlineData(Before.TakenTornAndKept)]
    public async Task Whatever_lies_there_a_kill_after_any_step_loses_nothing(Before before)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            var expected = await PrepareAsync(before);
            var isDone = await LiveUntilKilledAsync(step);
            var found = await TakeAsync();
            if (isDone)
            {
                Assert.Equal(["1 kept again", "2 kept again"], found.Where(static one => one[0] is '1' or '2'), StringComparer.Ordinal);
                Assert.True(step > 3, "There were steps to be killed at.");
                return;
            }

            foreach (var (id, records) in expected)
            {
                var record = Assert.Single(found, one => one.StartsWith(id, StringComparison.Ordinal));
                Assert.True(records.Append($"{id} kept again").Contains(record, StringComparer.Ordinal), $"after step {step}: {record}");
            }
        }

        Assert.Fail("It has more steps than this test knows of.");
    }

    [Fact]
    public async Task What_was_damaged_is_there_as_it_was_after_a_kill_at_any_step()
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            await PrepareAsync(Before.KeptDamaged);
            var damaged = await System.IO.File.ReadAllTextAsync(File, Cancel);
            var isDone = await LiveUntilKilledAsync(step);
            await TakeAsync();
            var aside = Directory.EnumerateFiles(_directory, "*.unreadable*").Select(System.IO.File.ReadAllText);
            Assert.Contains(damaged, aside, StringComparer.Ordinal);
            if (isDone)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    /// <returns>For each session, the records of which one must be found, if the server is killed before it has kept it again.</returns>
    private async Task<Dictionary<string, string[]>> PrepareAsync(Before before)
    {
        Dispose();
        var taken = File + ".made";
        if (before is Before.Taken or Before.KeptAndTaken or Before.TakenTornAndKept)
        {
            await WriteAsync("1 old", "2 old", "3 old");
            System.IO.File.Move(File, taken);
            if (before is Before.TakenTornAndKept)
            {
                var bytes = await System.IO.File.ReadAllBytesAsync(taken, Cancel);
                await System.IO.File.WriteAllBytesAsync(taken, bytes[..^5], Cancel);
            }
        }

        if (before is not Before.Taken)
        {
            await WriteAsync("1 new", "4 new");
        }

        if (System.IO.File.Exists(taken))
        {
            System.IO.File.Move(taken, File + ".taken");
        }

        if (before is Before.KeptDamaged)
        {
            var lines = await System.IO.File.ReadAllLinesAsync(File, Cancel);
            lines[2] = "4 !!!";
            await System.IO.File.WriteAllLinesAsync(File, lines, Cancel);
        }

        return before switch
        {
            Before.Kept => Expect("1 new", "4 new"),
            Before.Taken => Expect("1 old", "2 old", "3 old"),
            Before.KeptAndTaken => Expect("1 new", "2 old", "3 old", "4 new"),
            Before.KeptDamaged => Expect("1 new"),
            Before.TakenTornAndKept => Expect("1 new", "2 old", "4 new"),
        };

        // Session 3 ends by itself in the life of the server, and 4 as well: then they need not be found.
        static Dictionary<string, string[]> Expect(params string[] records) => records
            .Where(static record => record[0] is '1' or '2')
            .ToDictionary(static record => record[..1], static record => new[] { record }, StringComparer.Ordinal);
    }

    /// <summary>A whole life: it starts, 3 and 4 end by themselves, and it stops with 1 and 2.</summary>
    /// <returns>Whether it came to its end.</returns>
    private async Task<bool> LiveUntilKilledAsync(int steps)
    {
        using var store = Store(_ =>
        {
            if (steps-- == 0)
            {
                throw new KilledException();
            }
        });
        try
        {
            var taken = await store.TakeAsync(Cancel);
            await store.RetainTakenAsync([.. taken.Select(static one => one.Id).Where(static id => id.Value < 3)], Cancel);
            await store.KeepAsync([One("1 kept again"), One("2 kept again")], Cancel);
            return true;
        }
        catch (KilledException)
        {
            return false;
        }
    }

    private async Task<string[]> TakeAsync()
    {
        using var store = Store();
        return [.. (await store.TakeAsync(Cancel)).Select(static one => Encoding.UTF8.GetString(one.Data.Span)).Order(StringComparer.Ordinal)];
    }

    private async Task WriteAsync(params string[] records)
    {
        using var store = Store();
        await store.KeepAsync([.. records.Select(One)], Cancel);
    }

    private static KeptSession One(string record) => new(SessionId.Parse(record[..1], null), Encoding.UTF8.GetBytes(record));

    private FileSessionStore Store(Action<string>? stepped = null) =>
        new(File, protection: null, NullLogger<FileSessionStore>.Instance) { Stepped = stepped ?? (static _ => { }) };

    /// <summary>Nothing catches it: what a killed process would not have done any more is not done.</summary>
    private sealed class KilledException : Exception;
}
