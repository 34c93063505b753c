using Holdfast.Server;

try
{
    await using var app = HoldfastServer.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartFailure.Explain(exception) is { } sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}
