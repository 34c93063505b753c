using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Holdfast.Server.Tests;

/// <summary>
/// What the methods of some assemblies call, read from their code. From what the runtime calls by itself (constructors, accessors, what overrides or
/// implements) it is followed to all that is called; methods are told apart by type, name and number of parameters.
/// </summary>
internal sealed class CalledMethods
{
    private static readonly OpCode[] s_short = new OpCode[256];
    private static readonly OpCode[] s_long = new OpCode[256];

    private readonly Dictionary<string, List<string>> _calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _methodsOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> _plain = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reached = new(StringComparer.Ordinal);

    static CalledMethods()
    {
        foreach (var code in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (OpCode)field.GetValue(null)!))
        {
            (code.Size == 1 ? s_short : s_long)[code.Value & 0xFF] = code;
        }
    }

    /// <param name="assemblies">Their files.</param>
    /// <param name="isCalledFromOutside">Of a type's full name and a method's name: whether something calls it by its name.</param>
    public CalledMethods(IEnumerable<string> assemblies, Func<string, string, bool> isCalledFromOutside)
    {
        var roots = new Queue<string>();
        foreach (var file in assemblies)
        {
            using var image = new PEReader(File.OpenRead(file));
            Read(image, image.GetMetadataReader(), isCalledFromOutside, roots);
        }

        while (roots.TryDequeue(out var method))
        {
            if (_reached.Add(method) && _calls.TryGetValue(method, out var calls))
            {
                foreach (var called in calls)
                {
                    roots.Enqueue(called);

                    // A lambda, an iterator or an async method is a type of its own, which is called as a whole by who touches it.
                    var type = called[..called.IndexOf("::", StringComparison.Ordinal)];
                    if (IsMade(type) && _methodsOf.TryGetValue(type, out var methods))
                    {
                        methods.ForEach(roots.Enqueue);
                    }
                }
            }
        }
    }

    /// <summary>What nothing of these assemblies calls, as Type::Method/parameters.</summary>
    public IEnumerable<string> Uncalled => _plain.Except(_reached, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static bool IsTheRuntimes(MethodAttributes attributes) =>
        attributes.HasFlag(MethodAttributes.SpecialName) || attributes.HasFlag(MethodAttributes.Virtual) || attributes.HasFlag(MethodAttributes.Abstract);

    private static bool IsMade(string name) => name.Contains('<', StringComparison.Ordinal);

    private void Read(PEReader image, MetadataReader metadata, Func<string, string, bool> isCalledFromOutside, Queue<string> roots)
    {
        foreach (var type in metadata.TypeDefinitions)
        {
            var name = NameOf(metadata, type);
            foreach (var handle in metadata.GetTypeDefinition(type).GetMethods())
            {
                var method = metadata.GetMethodDefinition(handle);
                var key = KeyOf(metadata, handle)!;
                if (!_methodsOf.TryGetValue(name, out var all))
                {
                    _methodsOf[name] = all = [];
                }

                all.Add(key);
                var methodName = metadata.GetString(method.Name);
                if (methodName is "<Main>$" || isCalledFromOutside(name, methodName)
                    || (!IsMade(name) && IsTheRuntimes(method.Attributes)))
                {
                    roots.Enqueue(key);
                }
                else if (!IsMade(name) && !IsMade(methodName) && methodName is not ("Deconstruct" or "PrintMembers"))
                {
                    // A record's own methods are made with it, whoever wants them.
                    _plain.Add(key);
                }

                if (method.RelativeVirtualAddress != 0)
                {
                    // Overloads with as many parameters are one here: what one of them calls, all do.
                    if (!_calls.TryGetValue(key, out var calls))
                    {
                        _calls[key] = calls = [];
                    }

                    calls.AddRange(CallsIn(metadata, image.GetMethodBody(method.RelativeVirtualAddress).GetILReader()));
                }
            }
        }
    }

    private static List<string> CallsIn(MetadataReader metadata, BlobReader code)
    {
        var calls = new List<string>();
        while (code.RemainingBytes > 0)
        {
            var first = code.ReadByte();
            switch ((first == 0xFE ? s_long[code.ReadByte()] : s_short[first]).OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineField:
                    if (KeyOf(metadata, MetadataTokens.EntityHandle(code.ReadInt32())) is { } called)
                    {
                        calls.Add(called);
                    }

                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += sizeof(int) * targets;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += sizeof(long);
                    break;
                case OperandType.InlineVar:
                    code.Offset += sizeof(short);
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += sizeof(byte);
                    break;
                case OperandType.InlineNone:
                    break;
                default:
                    code.Offset += sizeof(int);
                    break;
            }
        }

        return calls;
    }

    private static string? KeyOf(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MethodDefinition:
                var own = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return Key(NameOf(metadata, own.GetDeclaringType()), own.Name, own.Signature);
            case HandleKind.FieldDefinition:
                var field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                return $"{NameOf(metadata, field.GetDeclaringType())}::{metadata.GetString(field.Name)}";
            case HandleKind.MemberReference:
                var other = metadata.GetMemberReference((MemberReferenceHandle)handle);
                return other.GetKind() == MemberReferenceKind.Method
                    ? Key(NameOf(metadata, other.Parent), other.Name, other.Signature)
                    : $"{NameOf(metadata, other.Parent)}::{metadata.GetString(other.Name)}";
            case HandleKind.MethodSpecification:
                return KeyOf(metadata, metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method);
            default:
                return null;
        }

        string Key(string type, StringHandle name, BlobHandle signature)
        {
            var reader = metadata.GetBlobReader(signature);
            if (reader.ReadSignatureHeader().IsGeneric)
            {
                reader.ReadCompressedInteger();
            }

            return $"{type}::{metadata.GetString(name)}/{reader.ReadCompressedInteger()}";
        }
    }

    private static string NameOf(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                var own = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
                return Within(own.GetDeclaringType(), own.Namespace) + metadata.GetString(own.Name);
            case HandleKind.TypeReference:
                var other = metadata.GetTypeReference((TypeReferenceHandle)handle);
                return Within(other.ResolutionScope.Kind == HandleKind.TypeReference ? other.ResolutionScope : default, other.Namespace) + metadata.GetString(other.Name);
            case HandleKind.TypeSpecification:
                // Of a generic type with its arguments, the type.
                var reader = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                if (reader.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                {
                    return "?";
                }

                reader.ReadByte();
                return NameOf(metadata, reader.ReadTypeHandle());
            default:
                return "?";
        }

        string Within(EntityHandle declaring, StringHandle @namespace) =>
            !declaring.IsNil ? NameOf(metadata, declaring) + "/" : @namespace.IsNil ? "" : metadata.GetString(@namespace) + ".";
    }
}
