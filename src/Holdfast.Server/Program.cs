using Holdfast.Server;

try
{
    await using var app = HoldfastServer.Build(args);
    await app.RunAsync();

    // Not 0 where somebody has to start it again.
    return Environment.ExitCode;
}
catch (Exception exception) when (StartFailure.Explain(exception) is { } sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}
