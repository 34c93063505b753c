namespace Holdfast.Browser.Kit;

/// <summary>Where things lie in the working copy that this program was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Pictures of the product; kept after the run.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "browser")).FullName;

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
