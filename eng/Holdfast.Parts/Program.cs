using System.Text;
using System.Text.Json;
using Holdfast.Parts;

// Holdfast.Parts DEPS-FILE PACKAGES-FOLDER OTHER-PARTS FOLDER: writes NOTICE, sbom.cdx.json and the parts' own notices into FOLDER.
if (args is not [var depsFile, var packages, var otherParts, var folder])
{
    Console.Error.WriteLine("Holdfast.Parts DEPS-FILE PACKAGES-FOLDER OTHER-PARTS FOLDER");
    return 2;
}

try
{
    var program = ShippedProgram.Read(depsFile, packages, otherParts);
    Directory.CreateDirectory(folder);
    File.WriteAllBytes(Path.Combine(folder, "sbom.cdx.json"), CycloneDx.Write(program));
    File.WriteAllText(Path.Combine(folder, "NOTICE"), Notice.Write(program), new UTF8Encoding(false));
    foreach (var part in program.Parts)
    {
        foreach (var text in part.Texts)
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, "licences", part.Name));
            File.Copy(text, Path.Combine(own.FullName, Path.GetFileName(text)), overwrite: true);
        }
    }

    return 0;
}
catch (Exception exception) when (exception is IOException or JsonException or InvalidDataException)
{
    Console.Error.WriteLine($"error HF0001: {exception.Message}");
    return 1;
}
