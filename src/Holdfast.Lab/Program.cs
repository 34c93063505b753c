using Holdfast.Lab.Commands;
using Holdfast.Lab.Sessions;

using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, interrupt) =>
{
    // Sessions are closed first; a second Ctrl+C does not wait for that.
    interrupt.Cancel = !stopping.IsCancellationRequested;
    stopping.Cancel();
};

try
{
#pragma warning disable RS0030 // The one place that knows the real clock; everything else is handed it.
    return await CommandLine.RunAsync(args, TimeProvider.System, stopping.Token);
#pragma warning restore RS0030
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine("See: holdfast-lab --help");
    return ExitCode.Usage;
}
catch (ServerException e)
{
    Console.Error.WriteLine(e.Message);
    return e.Failure is ServerFailure.Unreachable or ServerFailure.NotUnderstood ? ExitCode.NoServer : ExitCode.Refused;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    Console.Error.WriteLine("Interrupted.");
    return ExitCode.Cancelled;
}
