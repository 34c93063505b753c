namespace Holdfast.Lab.Commands;

/// <summary>Which command does what.</summary>
internal static class CommandLine
{
    private const string Help = """
        holdfast-lab: what a Holdfast server does under load, on bad networks and after outages

          holdfast-lab load [options] URL       many sessions at once, with outages: times, losses, CPU, memory
          holdfast-lab validate [options] URL   five questions about a deployment, each answered yes or no
          holdfast-lab matrix [options]         real browsers through real outages, and a report of what was seen, heard and lost
          holdfast-lab kill [options]           a server that is killed again and again: words lost, gaps, numbers used twice
          holdfast-lab measure [options] URL    one server, step by step: start, recovery, CPU of a session, memory of a held one
          holdfast-lab compare A.json B.json    two such measurements side by side
          holdfast-lab converse [options] URL   people who speak and are answered: how long each stage of a turn takes
          holdfast-lab fuzz [options]           hostile datagrams against the wire, in virtual time, without a server
          holdfast-lab line [options]           what arrives over thin lines, in virtual time or from a real server
          holdfast-lab record [options] URL     an idle session's pictures, decoded, into a file
          holdfast-lab dashboard [options] URL  a Grafana dashboard's questions, asked of Prometheus and drawn
          holdfast-lab render TEXT -o OUT.webm  a video from a text, faster than it is said, without a server

        Each has --help.
        """;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var command = arguments.Length == 0 ? "--help" : arguments[0];
        var rest = arguments.AsSpan(Math.Min(1, arguments.Length)).ToArray();
        var wantsHelp = rest.Contains("--help", StringComparer.Ordinal) || rest.Contains("-h", StringComparer.Ordinal);
        switch (command)
        {
            case "load":
                return wantsHelp ? Show(LoadCommand.Help) : await LoadCommand.RunAsync(new Arguments(rest), time, cancellationToken);
            case "validate":
                return wantsHelp ? Show(ValidateCommand.Help) : await ValidateCommand.RunAsync(new Arguments(rest), time, cancellationToken);
            case "matrix":
                return wantsHelp ? Show(MatrixCommand.Help) : await MatrixCommand.RunAsync(new Arguments(rest, "--quick"), time, cancellationToken);
            case "kill":
                return wantsHelp ? Show(KillCommand.Help) : await KillCommand.RunAsync(new Arguments(rest, "--hold-port"), time, cancellationToken);
            case "measure":
                return wantsHelp ? Show(MeasureCommand.Help) : await MeasureCommand.RunAsync(new Arguments(rest, "--as-browser"), time, cancellationToken);
            case "compare":
                return wantsHelp ? Show(CompareCommand.Help) : await CompareCommand.RunAsync(rest, cancellationToken);
            case "record":
                return wantsHelp ? Show(RecordCommand.Help) : await RecordCommand.RunAsync(new Arguments(rest), time, cancellationToken);
            case "render":
                return wantsHelp ? Show(RenderCommand.Help) : await RenderCommand.RunAsync(new Arguments(rest), time, cancellationToken);
            case "line":
                return wantsHelp ? Show(LineCommand.Help) : await LineCommand.RunAsync(new Arguments(rest), time, cancellationToken);
            case "converse":
                return wantsHelp ? Show(ConverseCommand.Help) : await ConverseCommand.RunAsync(new Arguments(rest), time, cancellationToken);
            case "dashboard":
                return wantsHelp ? Show(DashboardCommand.Help) : await DashboardCommand.RunAsync(new Arguments(rest), time, cancellationToken);
            case "fuzz":
                return wantsHelp ? Show(FuzzCommand.Help) : FuzzCommand.Run(new Arguments(rest), time, cancellationToken);
            case "--help" or "-h" or "help":
                return Show(Help);
            default:
                throw new UsageException($"There is no command '{command}'.");
        }
    }

    private static int Show(string help)
    {
        Console.WriteLine(help);
        return ExitCode.Fine;
    }
}
