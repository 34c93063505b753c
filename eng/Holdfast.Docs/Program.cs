// The documents as a site: plain files that any web server shows, and a browser from a folder.
//   dotnet run -c Release --project eng/Holdfast.Docs -- [FOLDER]
// Without a folder it goes to artifacts/docs. It ends with 1 where a link leads nowhere.
using Holdfast.Docs;

var root = Site.RootAbove(Environment.CurrentDirectory);
if (root is null)
{
    Console.Error.WriteLine("This is to be run within the repository.");
    return 2;
}

var folder = Path.GetFullPath(args is [var named] ? named : Path.Combine(root, "artifacts", "docs"));
var site = new Site(root, folder);
site.Write();
foreach (var fault in site.Faults)
{
    Console.Error.WriteLine(fault);
}

Console.WriteLine($"{site.Pages} pages in {folder}, {site.Faults.Count} links that lead nowhere");
return site.Faults.Count == 0 ? 0 : 1;
