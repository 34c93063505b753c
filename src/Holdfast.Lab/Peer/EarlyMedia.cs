using Holdfast.Rtc.Dtls;

namespace Holdfast.Lab.Peer;

/// <summary>Media that arrives while the handshake's thread still computes with what arrived before.</summary>
/// <remarks>
/// A browser does one thing after the other, so that media right behind the end of the handshake finds its keys. Here the handshake has
/// a thread of its own, and what arrives meanwhile waits for it. What overtook the handshake on its way is lost, as it is in a browser.
/// </remarks>
internal sealed class EarlyMedia
{
    private const int Maximum = 64;

    private readonly Queue<byte[]> _waiting = new();

    /// <summary>Whether media that arrives now is to wait. To be asked before it is looked for keys: they may come in between.</summary>
    public static bool IsDue(DtlsAssociation? handshake) => handshake is { Keys: null, IsBusy: true };

    /// <summary>Keeps a copy of a datagram, if there are not too many.</summary>
    public void Keep(ReadOnlySpan<byte> datagram)
    {
        if (_waiting.Count < Maximum)
        {
            _waiting.Enqueue(datagram.ToArray());
        }
    }

    /// <summary>Takes the next one, in the order in which they arrived.</summary>
    public bool TryTake(out byte[] datagram) => _waiting.TryDequeue(out datagram!);
}
