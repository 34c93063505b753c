using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Speech;

/// <summary>Flite in this process: loaded once, its two voices with it. May be used by several threads at once.</summary>
internal sealed class FliteLibrary
{
    private static readonly Lazy<FliteLibrary?> Loaded = new(Load);

    // Flite keeps the names of features by reference, so they are never given back.
    private static readonly nint Stretch = Marshal.StringToCoTaskMemUTF8("duration_stretch");
    private static readonly nint Pitch = Marshal.StringToCoTaskMemUTF8("int_f0_target_mean");

    private readonly nint _slt;
    private readonly nint _rms;

    private FliteLibrary(nint slt, nint rms) => (_slt, _rms) = (slt, rms);

    /// <summary>The library; null where this machine does not have it.</summary>
    public static FliteLibrary? Instance => Loaded.Value;

    /// <summary>Speaks a text.</summary>
    /// <param name="text">ASCII.</param>
    /// <param name="male">Whether it is the man's voice.</param>
    /// <param name="stretch">How long it takes, 1 as usual.</param>
    /// <param name="pitch">How high, 1 as usual; the man's voice has no other.</param>
    public FliteSpeech Speak(string text, bool male, float stretch, float pitch)
    {
        var utterance = LibFlite.NewUtterance();
        try
        {
            var bytes = new byte[text.Length + 1];
            Encoding.ASCII.GetBytes(text, bytes);
            LibFlite.SetText(utterance, bytes);
            LibFlite.InitUtterance(utterance, male ? _rms : _slt);

            // A cst_utterance begins with its features, which were copied from the voice's.
            var features = Marshal.ReadIntPtr(utterance);
            if (stretch is not 1)
            {
                LibFlite.SetFloat(features, Stretch, stretch);
            }

            if (pitch is not 1 && !male)
            {
                LibFlite.SetFloat(features, Pitch, pitch * FliteVoices.SltHertz);
            }

            if (LibFlite.Synthesize(utterance) == 0)
            {
                throw new SpeechException("flite could not speak this text.");
            }

            return Read(utterance);
        }
        finally
        {
            LibFlite.DeleteUtterance(utterance);
        }
    }

    private static FliteSpeech Read(nint utterance)
    {
        var at = LibFlite.WaveOf(utterance);
        if (at == 0)
        {
            throw new SpeechException("flite gave no sound for this text.");
        }

        var wave = Marshal.PtrToStructure<LibFlite.Wave>(at);
        if (wave.Channels != 1 || wave.SampleCount < 0 || wave.SampleRate <= 0)
        {
            throw new SpeechException("flite gave sound of an unknown form.");
        }

        var samples = new short[wave.SampleCount];
        Marshal.Copy(wave.Samples, samples, 0, samples.Length);

        var segments = new List<FliteSegment>();
        var start = 0f;
        for (var item = HeadOf(utterance, "Segment\0"u8); item != 0; item = LibFlite.Next(item))
        {
            var end = LibFlite.FloatFeature(item, "end\0"u8);
            segments.Add(new FliteSegment(NameOf(item), start, end));
            start = end;
        }

        var tokens = new List<FliteToken>();
        for (var item = HeadOf(utterance, "Token\0"u8); item != 0; item = LibFlite.Next(item))
        {
            var word = LibFlite.Daughter(item);
            tokens.Add(new FliteToken(
                NameOf(item),
                word == 0 ? null : LibFlite.FloatAt(word, "R:SylStructure.daughter1.daughter1.R:Segment.p.end\0"u8)));
        }

        return new FliteSpeech(samples, wave.SampleRate, segments, tokens);
    }

    private static nint HeadOf(nint utterance, ReadOnlySpan<byte> relation) =>
        LibFlite.Relation(utterance, relation) is var found and not 0 ? LibFlite.Head(found) : 0;

    private static string NameOf(nint item) =>
        LibFlite.HasFeature(item, "name\0"u8) != 0 ? Marshal.PtrToStringUTF8(LibFlite.StringFeature(item, "name\0"u8)) ?? string.Empty : string.Empty;

    private static FliteLibrary? Load()
    {
        try
        {
            LibFlite.Init();
            var (slt, rms) = (LibFlite.RegisterSlt(0), LibFlite.RegisterRms(0));
            return slt == 0 || rms == 0 ? null : new FliteLibrary(slt, rms);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return null;
        }
    }
}

/// <summary>What flite made of a text.</summary>
/// <param name="Samples">The sound, one channel.</param>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Segments">Its phonemes and pauses, in order, without gaps.</param>
/// <param name="Tokens">What it took for words between spaces, in order.</param>
internal sealed record FliteSpeech(short[] Samples, int SampleRate, IReadOnlyList<FliteSegment> Segments, IReadOnlyList<FliteToken> Tokens);

/// <param name="Phoneme">In ARPAbet; "pau" for a pause.</param>
/// <param name="Start">Seconds from the beginning of the sound.</param>
/// <param name="End">Seconds from the beginning of the sound.</param>
internal readonly record struct FliteSegment(string Phoneme, float Start, float End);

/// <param name="Name">As it is in the text, without the punctuation around it.</param>
/// <param name="Start">When its first phoneme begins, in seconds; null where nothing of it is spoken.</param>
internal readonly record struct FliteToken(string Name, float? Start);
