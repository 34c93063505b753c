using System.Globalization;
using Holdfast.Lab.Fuzz;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab fuzz: hostile datagrams against the wire, in virtual time.</summary>
internal static class FuzzCommand
{
    public const string Help = """
        holdfast-lab fuzz [options]

        Conversations of two living peers in virtual time, between which hostile datagrams arrive: forged with the client's own
        keys, broken behind protection, played again, from other addresses; and each parser alone. After each datagram it looks
        whether the server threw, did more than its bounds allow, or changed anything without authentication; in the end of each
        conversation, whether the client is still served. It needs no server and no network, and one core.

          --for TIME                how long (60s)
          --seed NUMBER             of the first conversation; the others follow (1)

        What is found is printed with its seed, and the run ends.

        Exit code: 0 nothing found; 1 something found; 2 usage; 130 interrupted.
        """;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    public static int Run(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var duration = arguments.Duration("--for") ?? TimeSpan.FromSeconds(60);
        var seed = (ulong)(arguments.Number("--seed", 0, int.MaxValue) ?? 1);
        arguments.NoAddress();
        arguments.End();

        var run = new FuzzRun(seed);
        var start = time.GetTimestamp();
        var told = TimeSpan.Zero;
        while (time.GetElapsedTime(start) is var elapsed && elapsed < duration)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (run.RunConversation() is { } finding)
            {
                Console.Error.WriteLine(finding);
                return ExitCode.NotFine;
            }

            if (elapsed - told >= ProgressInterval)
            {
                told = elapsed;
                Tell(run.Progress, elapsed);
            }
        }

        Tell(run.Progress, time.GetElapsedTime(start));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Nothing was found from seed {seed} on."));
        return ExitCode.Fine;
    }

    private static void Tell(FuzzProgress progress, TimeSpan elapsed) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{elapsed.TotalSeconds,6:0} s  {progress.Conversations,6:N0} conversations  {progress.Datagrams,13:N0} datagrams ({progress.Datagrams / Math.Max(1, elapsed.TotalSeconds):N0} a second)  {progress.Parsed,13:N0} parsed"));
}
