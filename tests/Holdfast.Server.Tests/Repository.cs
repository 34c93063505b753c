namespace Holdfast.Server.Tests;

/// <summary>Where the sources and documents are that are held against the code.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

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
