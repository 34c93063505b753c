using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Parts;

/// <summary>A bill of materials, CycloneDX 1.6 in JSON. It has no time and no serial number: the same parts make the same file.</summary>
internal static class CycloneDx
{
    public static byte[] Write(ShippedProgram program)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteNumber("version", 1);
            json.WriteStartObject("metadata");
            json.WritePropertyName("component");
            WriteComponent(json, program.Program, []);
            json.WriteEndObject();
            json.WriteStartArray("components");
            var inside = program.Parts.Where(static part => part.In is not null).ToLookup(static part => part.In!, StringComparer.Ordinal);
            foreach (var part in program.Parts.Where(static part => part.In is null))
            {
                WriteComponent(json, part, inside[part.Key]);
            }

            json.WriteEndArray();
            json.WriteStartArray("dependencies");
            foreach (var part in program.Parts.Where(static part => part.In is null).Prepend(program.Program))
            {
                json.WriteStartObject();
                json.WriteString("ref", part.Key);
                json.WriteStartArray("dependsOn");
                foreach (var dependency in part.DependsOn)
                {
                    json.WriteStringValue(dependency);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteComponent(Utf8JsonWriter json, Part part, IEnumerable<Part> inside)
    {
        json.WriteStartObject();
        json.WriteString("type", part.Type);
        json.WriteString("bom-ref", part.Key);
        json.WriteString("name", part.Name);
        if (part.Version is not null)
        {
            json.WriteString("version", part.Version);
        }

        if (part.Makers.Length > 0)
        {
            json.WriteString("publisher", part.Makers);
        }

        if (part.What is not null)
        {
            json.WriteString("description", part.What);
        }

        if (part.Sha512 is not null)
        {
            json.WriteStartArray("hashes");
            json.WriteStartObject();
            json.WriteString("alg", "SHA-512");
            json.WriteString("content", part.Sha512);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartArray("licenses");
        json.WriteStartObject();
        json.WriteStartObject("license");
        json.WriteString("id", part.Licence);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("copyright", part.Copyright);
        if (part.In is null)
        {
            json.WriteString("purl", part.Key);
        }

        var nested = inside.ToArray();
        if (nested.Length > 0)
        {
            json.WriteStartArray("components");
            foreach (var child in nested)
            {
                WriteComponent(json, child, []);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
