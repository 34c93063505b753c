using System.Runtime.CompilerServices;

namespace Holdfast.Rtc.Srtp;

/// <summary>
/// Remembers which of the last indices were seen (RFC 3711 section 3.3.2), as a circular bitmap whose words are cleared as the
/// highest index moves on, never shifted (RFC 6479).
/// </summary>
/// <remarks>The default value is a window that has seen nothing.</remarks>
internal struct ReplayWindow
{
    private const int Words = 16;
    private const int BitsPerWord = 64;

    /// <summary>How far behind the highest index one may be and still be told from a replay. One word less than is kept: the word being cleared holds no history.</summary>
    public const int Size = (Words - 1) * BitsPerWord;

    private Bitmap _seen;
    private long _next;

    /// <summary>The highest index accepted, or -1.</summary>
    public readonly long Highest => _next - 1;

    /// <summary>A window in which everything up to <paramref name="highest"/> counts as seen.</summary>
    public static ReplayWindow StartingAfter(long highest)
    {
        var window = new ReplayWindow { _next = highest + 1 };
        ((Span<ulong>)window._seen).Fill(ulong.MaxValue);
        if (highest >= 0)
        {
            window._seen[WordOf(highest)] &= (BitOf(highest) << 1) - 1;
        }

        return window;
    }

    /// <summary>Whether an index is new. Says nothing about a packet's authenticity, and changes nothing.</summary>
    public readonly bool IsNew(long index)
    {
        if (index > Highest)
        {
            return true;
        }

        return index >= 0 && Highest - index < Size && (_seen[WordOf(index)] & BitOf(index)) == 0;
    }

    /// <summary>Marks an index as seen. Only to be called for an authenticated packet whose index is new.</summary>
    public void Accept(long index)
    {
        if (index > Highest)
        {
            var from = Highest >> 6;
            var words = Math.Min((index >> 6) - from, Words);
            for (var i = 1; i <= words; i++)
            {
                _seen[(int)((from + i) & (Words - 1))] = 0;
            }

            _next = index + 1;
        }

        _seen[WordOf(index)] |= BitOf(index);
    }

    private static int WordOf(long index) => (int)((index >> 6) & (Words - 1));

    private static ulong BitOf(long index) => 1UL << (int)(index & (BitsPerWord - 1));

    [InlineArray(Words)]
    private struct Bitmap
    {
        private ulong _word;
    }
}
