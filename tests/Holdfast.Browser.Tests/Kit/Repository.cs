namespace Holdfast.Browser.Kit;

/// <summary>Where things lie in the working copy that this program was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Pictures of the product; kept after the run.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "browser")).FullName;

    /// <summary>The server as <c>./run</c> starts it, of the same configuration (Release, Debug) as this program.</summary>
    public static string Server { get; } = Path.Combine(
        Root, "src", "Holdfast.Server", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Holdfast.Server.dll");

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Holdfast.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("Holdfast.slnx was not found above " + AppContext.BaseDirectory);
    }
}
