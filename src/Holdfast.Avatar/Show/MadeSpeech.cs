using System.Runtime.InteropServices;
using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>
/// Speech that one show had made and another begins with, so that nobody waits for a voice to say it anew. It ends in a pause, where the
/// other show's own speech goes on.
/// </summary>
/// <param name="UtteranceId">Whose it is.</param>
/// <param name="Offset">Blocks into the utterance at which it begins: a pause before <paramref name="Unheard"/>.</param>
/// <param name="Unheard">Blocks into the utterance up to which it was heard: what says that this is the speech of a mark.</param>
/// <param name="LeadIn">Blocks at the beginning of <paramref name="Blocks"/> that were heard just before: an encoder begins with them, and nobody hears them again.</param>
/// <param name="Blocks">The sound, in order, the lead-in first; its samples are the pool's.</param>
/// <param name="Until">Where the rest goes on; null where this is all of it.</param>
internal sealed record MadeSpeech(string UtteranceId, int Offset, int Unheard, int LeadIn, IReadOnlyList<SpeechBlock> Blocks, SpeechMark? Until)
{
    /// <summary>At the most, 2.4 s; the other show's voice has begun by then.</summary>
    public const int MostBlocks = 120;

    /// <summary>From here on, 1.2 s, the next long pause is its end.</summary>
    private const int EnoughBlocks = 60;

    /// <summary>At the most, 100 ms: so long an encoder that begins anew sounds unlike one that went on.</summary>
    public const int MostLeadIn = 5;

    private const byte Version = 2;
    private const int Mouth = 8;

    /// <summary>Takes what a show has made from the last pause before a place.</summary>
    /// <param name="ring">What it has made.</param>
    /// <param name="start">The entry to begin with.</param>
    /// <param name="target">The first entry that was not heard; of the same utterance.</param>
    /// <param name="markOf">Tells where in its text a place is.</param>
    /// <returns>Null where there is too little to be worth it. Its blocks are the ring's: to be written before the ring changes.</returns>
    public static MadeSpeech? Of(SpeechRing ring, long start, long target, Func<long, SpeechMark?> markOf)
    {
        var id = ring[target].UtteranceId!;
        var end = start;
        while (end < ring.End && end - start < MostBlocks && IsSoundOf(ring[end], id))
        {
            end++;
        }

        var isAll = end < ring.End && ring[end].Kind == SpeechBlockKind.End;
        SpeechMark? until = null;
        if (!isAll)
        {
            // The other voice looks for its pause backwards from the mark, which is therefore the last of the pause's first blocks.
            end = Cut(ring, start, end);
            until = end > target ? markOf(ring[end + SpeechPauses.MinPause - 1].Place) : null;
            if (until is null)
            {
                return null;
            }
        }

        var first = start;
        while (first > ring.First && start - first < MostLeadIn && IsSoundOf(ring[first - 1], id))
        {
            first--;
        }

        var blocks = new SpeechBlock[end - first];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = ring[first + i];
        }

        return end > target ? new MadeSpeech(id, ring[start].Offset, ring[target].Offset, (int)(start - first), blocks, until) : null;
    }

    /// <summary>As bytes, which <see cref="TryRead"/> reads in another process.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        using var stream = new MemoryStream(Blocks.Count * (SoundFormat.SamplesPerFrame * sizeof(short) + 64));
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(UtteranceId);
        writer.Write(Offset);
        writer.Write(Unheard);
        writer.Write((byte)LeadIn);
        writer.Write(Until is not null);
        writer.Write(Until?.Offset.Ticks ?? 0);
        writer.Write(Until?.Word ?? -1);
        writer.Write(Until?.SinceWord.Ticks ?? 0);
        writer.Write(Blocks.Count);
        foreach (var block in Blocks)
        {
            writer.Write(block.Pcm is not null);
            writer.Write(MemoryMarshal.AsBytes<MouthShape>([block.Mouth]));
            writer.Write(block.Loudness);
            writer.Write(block.Word.Offset);
            writer.Write(block.Word.Length);
            if (block.Pcm is { } samples)
            {
                writer.Write(MemoryMarshal.AsBytes(samples.AsSpan(0, SoundFormat.SamplesPerFrame)));
            }
        }

        return stream.ToArray();
    }

    /// <summary>Reads what another process wrote. Whatever the bytes are, this never throws.</summary>
    /// <returns>Null where they are none, or another version's.</returns>
    public static MadeSpeech? TryRead(ReadOnlyMemory<byte> bytes)
    {
        var blocks = new List<SpeechBlock>();
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes.ToArray(), writable: false));
            if (reader.ReadByte() != Version)
            {
                return null;
            }

            var (id, offset, unheard, leadIn) = (reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadByte());
            var (isMore, at, word, since) = (reader.ReadBoolean(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64());
            var count = reader.ReadInt32();
            while (blocks.Count < count && count <= MostBlocks + leadIn && leadIn <= MostLeadIn)
            {
                blocks.Add(ReadBlock(reader));
            }

            var isSound = blocks.Count > 0 && blocks.Count == count && offset >= 0 && unheard >= offset && unheard - offset < count - leadIn && at >= 0;
            SpeechMark? until = isMore ? new SpeechMark(id, new TimeSpan(at), word < 0 ? null : word, new TimeSpan(since)) : null;
            return isSound ? new MadeSpeech(id, offset, unheard, leadIn, blocks, until) : null;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or FormatException)
        {
            blocks.ForEach(static block => SamplePool.Return(block.Pcm));
            return null;
        }
    }

    private static SpeechBlock ReadBlock(BinaryReader reader)
    {
        var isHeard = reader.ReadBoolean();
        var mouth = default(MouthShape);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<MouthShape>(ref mouth)));
        var (loudness, word) = (reader.ReadSingle(), new TextRange(reader.ReadInt32(), reader.ReadInt32()));
        short[]? samples = null;
        if (isHeard)
        {
            samples = SamplePool.Rent();
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(samples.AsSpan(0, SoundFormat.SamplesPerFrame)));
        }

        return new SpeechBlock(SpeechBlockKind.Sound, samples, mouth, loudness, null, null, word);
    }

    private static bool IsSoundOf(in SpeechBlock block, string id) =>
        block.Kind == SpeechBlockKind.Sound && string.Equals(block.UtteranceId, id, StringComparison.Ordinal);

    /// <summary>The first block of the pause to end in: the first once there is enough, or else the last there is; the beginning where there is none.</summary>
    private static long Cut(SpeechRing ring, long start, long end)
    {
        var loudest = 0f;
        for (var i = start; i < end; i++)
        {
            loudest = MathF.Max(loudest, ring[i].Level);
        }

        var (cut, run) = (start, 0);
        for (var i = start; i < end; i++)
        {
            run = SpeechPauses.IsQuiet(ring[i].Level, loudest) ? run + 1 : 0;
            if (run == SpeechPauses.MinPause)
            {
                cut = i - run + 1;
                if (cut - start >= EnoughBlocks)
                {
                    break;
                }
            }
        }

        return cut;
    }
}
