using System.Buffers.Binary;
using System.Net;

namespace Holdfast.Rtc.Ice;

/// <summary>Whether a genuine check was there before.</summary>
internal enum TransactionNovelty
{
    /// <summary>Never seen, or so long ago that it is forgotten.</summary>
    New,

    /// <summary>Sent again by who sent it first, or by somebody who gives that address for its own.</summary>
    Repeated,

    /// <summary>The very same check from elsewhere: somebody recorded it.</summary>
    Replayed,
}

/// <summary>
/// Remembers the genuine checks, so that each acts once: what was recorded and is played again moves no path and is no sign of life.
/// </summary>
/// <remarks>
/// Bounded, and only who has the password can fill it. Browsers send a check each 2.5 s or so: <see cref="Capacity"/> are more than 40 minutes,
/// in 8 KiB. What is forgotten after that and then replayed takes the path for less than a second (<see cref="PeerPath.ReturnAfter"/>).
/// Of a transaction id 32 bits are kept: one check in four million is taken for a repetition by mistake, and the next one counts.
/// </remarks>
internal sealed class TransactionMemory
{
    /// <summary>Checks remembered.</summary>
    public const int Capacity = 1024;

    private const int FirstLength = 16;

    private uint[] _transactions = new uint[FirstLength];
    private int[] _sources = new int[FirstLength];
    private int _count;

    /// <summary>Takes note of a genuine check.</summary>
    public TransactionNovelty Note(ReadOnlySpan<byte> transactionId, IPEndPoint source)
    {
        var digest = DigestOf(transactionId);
        var kept = Math.Min(_count, _transactions.Length);
        var found = _transactions.AsSpan(0, kept).IndexOf(digest);
        if (found >= 0)
        {
            return _sources[found] == source.GetHashCode() ? TransactionNovelty.Repeated : TransactionNovelty.Replayed;
        }

        if (_count == _transactions.Length && _count < Capacity)
        {
            Array.Resize(ref _transactions, _count * 2);
            Array.Resize(ref _sources, _count * 2);
        }

        var slot = _count++ % _transactions.Length;
        (_transactions[slot], _sources[slot]) = (digest, source.GetHashCode());
        _count = _count == 2 * Capacity ? Capacity : _count;
        return TransactionNovelty.New;
    }

    private static uint DigestOf(ReadOnlySpan<byte> id) => unchecked(
        BinaryPrimitives.ReadUInt32LittleEndian(id)
        ^ (BinaryPrimitives.ReadUInt32LittleEndian(id[4..]) * 0x9E37_79B1)
        ^ (BinaryPrimitives.ReadUInt32LittleEndian(id[8..]) * 0x85EB_CA6B));
}
