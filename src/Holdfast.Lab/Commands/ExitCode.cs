namespace Holdfast.Lab.Commands;

/// <summary>What the command's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Fine = 0;

    /// <summary>It ran, and something did not go well: a session failed, a step got a no.</summary>
    public const int NotFine = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>There is no server at the address, or it is none of Holdfast.</summary>
    public const int NoServer = 3;

    /// <summary>The server is full, or refuses.</summary>
    public const int Refused = 4;

    /// <summary>Interrupted by Ctrl+C.</summary>
    public const int Cancelled = 130;
}
