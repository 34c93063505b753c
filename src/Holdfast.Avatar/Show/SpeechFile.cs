using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>
/// Speech in a file that only this process can read and that is gone when it is closed, or when the process ends, however it ends.
/// </summary>
/// <remarks>
/// One slot for each entry, in order. What an entry refers to by reference (utterance ids) stays in memory: it is little, and
/// most entries share it. Written once, from the beginning to the end; then read, any number of times.
/// </remarks>
internal sealed class SpeechFile : IDisposable
{
    private const int SoundBytes = SoundFormat.SamplesPerFrame * sizeof(short);

    private static readonly int s_fixedBytes = Unsafe.SizeOf<Fixed>();

    private readonly FileStream _stream;
    private readonly List<string> _texts = [];

    /// <param name="stream">What it is in: empty, to be read and written; closed with this.</param>
    internal SpeechFile(FileStream stream) => _stream = stream;

    /// <summary>Bytes of an entry.</summary>
    public static int SlotBytes { get; } = s_fixedBytes + SoundBytes;

    /// <summary>Entries in it.</summary>
    public int Count { get; private set; }

    /// <summary>The utterance ids that occur in it.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Makes an empty one.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made there.</exception>
    public static SpeechFile Create(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "holdfast-speech-" + Path.GetRandomFileName());
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var stream = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // DeleteOnClose deletes here only when the stream is closed in an orderly way; a name that is gone survives no crash.
            File.Delete(path);
        }

        return new SpeechFile(stream);
    }

    /// <summary>Puts an entry into the slot that it is to be written in.</summary>
    public void Encode(in SpeechBlock block, Span<byte> slot)
    {
        var head = new Fixed(
            block.Kind, block.Pcm is not null, block.Mouth, block.Loudness, NumberOf(block.UtteranceId), NumberOf(block.Fault), block.Word,
            block.Place, block.Offset, block.Level);
        MemoryMarshal.Write(slot, head);
        var sound = slot[s_fixedBytes..SlotBytes];
        if (block.Pcm is { } samples)
        {
            MemoryMarshal.AsBytes(samples.AsSpan(0, SoundFormat.SamplesPerFrame)).CopyTo(sound);
        }
        else
        {
            sound.Clear();
        }
    }

    /// <summary>Writes whole slots at the end.</summary>
    /// <exception cref="IOException">There is no room for them, or the disk fails.</exception>
    public void Append(ReadOnlySpan<byte> slots)
    {
        RandomAccess.Write(_stream.SafeFileHandle, slots, (long)Count * SlotBytes);
        Count += slots.Length / SlotBytes;
    }

    /// <summary>Reads entries.</summary>
    /// <param name="start">The first, from 0.</param>
    /// <param name="blocks">Receives them; their samples are the pool's.</param>
    /// <param name="slots">Room for as many slots.</param>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Read(int start, Span<SpeechBlock> blocks, Span<byte> slots)
    {
        slots = slots[..(blocks.Length * SlotBytes)];
        for (var filled = 0; filled < slots.Length;)
        {
            var read = RandomAccess.Read(_stream.SafeFileHandle, slots[filled..], ((long)start * SlotBytes) + filled);
            filled += read > 0 ? read : throw new EndOfStreamException("The speech that was put aside has become shorter.");
        }

        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = Decode(slots.Slice(i * SlotBytes, SlotBytes));
        }
    }

    public void Dispose() => _stream.Dispose();

    private SpeechBlock Decode(ReadOnlySpan<byte> slot)
    {
        var head = MemoryMarshal.Read<Fixed>(slot);
        short[]? samples = null;
        if (head.HasSound)
        {
            samples = SamplePool.Rent();
            slot[s_fixedBytes..].CopyTo(MemoryMarshal.AsBytes(samples.AsSpan()));
        }

        return new SpeechBlock(head.Kind, samples, head.Mouth, head.Loudness, TextOf(head.Utterance), FaultOf(head.Fault), head.Word)
        {
            Place = head.Place,
            Offset = head.Offset,
            Level = head.Level,
        };
    }

    /// <summary>-1 for nothing. Entries of one utterance follow each other, so what is looked for is mostly the last.</summary>
    private int NumberOf(string? text)
    {
        if (text is null)
        {
            return -1;
        }

        var number = _texts.FindLastIndex(known => string.Equals(known, text, StringComparison.Ordinal));
        if (number < 0)
        {
            number = _texts.Count;
            _texts.Add(text);
        }

        return number;
    }

    /// <summary>-1 for none.</summary>
    private static int NumberOf(UtteranceFault? fault) => fault is { } known ? (int)known : -1;

    private static UtteranceFault? FaultOf(int number) => number < 0 ? null : (UtteranceFault)number;

    private string? TextOf(int number) => number < 0 ? null : _texts[number];

    /// <summary>All of an entry but its samples.</summary>
    private readonly record struct Fixed(
        SpeechBlockKind Kind, bool HasSound, MouthShape Mouth, float Loudness, int Utterance, int Fault, TextRange Word,
        long Place, int Offset, float Level);
}
