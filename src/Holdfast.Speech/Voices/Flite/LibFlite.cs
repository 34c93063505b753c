using System.Runtime.InteropServices;

namespace Holdfast.Speech;

/// <summary>The calls of flite's C API that are used (Debian <c>libflite1</c>, ABI 1, flite 2.0 and later).</summary>
internal static partial class LibFlite
{
    private const string Flite = "libflite.so.1";
    private const string Slt = "libflite_cmu_us_slt.so.1";
    private const string Rms = "libflite_cmu_us_rms.so.1";

    [LibraryImport(Flite, EntryPoint = "flite_init")]
    internal static partial int Init();

    [LibraryImport(Slt, EntryPoint = "register_cmu_us_slt")]
    internal static partial nint RegisterSlt(nint dataDirectory);

    [LibraryImport(Rms, EntryPoint = "register_cmu_us_rms")]
    internal static partial nint RegisterRms(nint dataDirectory);

    [LibraryImport(Flite, EntryPoint = "new_utterance")]
    internal static partial nint NewUtterance();

    [LibraryImport(Flite, EntryPoint = "delete_utterance")]
    internal static partial void DeleteUtterance(nint utterance);

    /// <summary>The text is copied.</summary>
    [LibraryImport(Flite, EntryPoint = "utt_set_input_text")]
    internal static partial nint SetText(nint utterance, ReadOnlySpan<byte> text);

    [LibraryImport(Flite, EntryPoint = "utt_init")]
    internal static partial int InitUtterance(nint utterance, nint voice);

    [LibraryImport(Flite, EntryPoint = "utt_synth")]
    internal static partial nint Synthesize(nint utterance);

    [LibraryImport(Flite, EntryPoint = "utt_wave")]
    internal static partial nint WaveOf(nint utterance);

    [LibraryImport(Flite, EntryPoint = "utt_relation")]
    internal static partial nint Relation(nint utterance, ReadOnlySpan<byte> name);

    [LibraryImport(Flite, EntryPoint = "relation_head")]
    internal static partial nint Head(nint relation);

    [LibraryImport(Flite, EntryPoint = "item_next")]
    internal static partial nint Next(nint item);

    [LibraryImport(Flite, EntryPoint = "item_daughter")]
    internal static partial nint Daughter(nint item);

    [LibraryImport(Flite, EntryPoint = "item_feat_present")]
    internal static partial int HasFeature(nint item, ReadOnlySpan<byte> name);

    [LibraryImport(Flite, EntryPoint = "item_feat_string")]
    internal static partial nint StringFeature(nint item, ReadOnlySpan<byte> name);

    [LibraryImport(Flite, EntryPoint = "item_feat_float")]
    internal static partial float FloatFeature(nint item, ReadOnlySpan<byte> name);

    /// <summary>A feature of another item, by the way to it; 0 where there is none.</summary>
    [LibraryImport(Flite, EntryPoint = "ffeature_float")]
    internal static partial float FloatAt(nint item, ReadOnlySpan<byte> path);

    /// <param name="features">Of an utterance.</param>
    /// <param name="name">Is kept by reference: it must last as long as the features do.</param>
    /// <param name="value">The value.</param>
    [LibraryImport(Flite, EntryPoint = "feat_set_float")]
    internal static partial void SetFloat(nint features, nint name, float value);

    /// <summary>The beginning of a <c>cst_wave</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Wave
    {
        public nint Type;
        public int SampleRate;
        public int SampleCount;
        public int Channels;
        public nint Samples;
    }
}
