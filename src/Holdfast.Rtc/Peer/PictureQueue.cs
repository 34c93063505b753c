using System.Buffers;

namespace Holdfast.Rtc;

/// <summary>
/// Pictures that wait for their turn on the line, in rented memory. Bounded by time: what would come too late is not sent, and nothing is sent that builds on it.
/// </summary>
internal sealed class PictureQueue : IDisposable
{
    /// <summary>A picture that has waited so long is of the past.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>One that stands for itself is worth waiting for: the next one would take as long.</summary>
    public static readonly TimeSpan KeyFramePatience = TimeSpan.FromSeconds(3);

    private const int Capacity = 32;

    private readonly Queue<WaitingPicture> _pictures = new(Capacity);

    /// <summary>Bytes of all that wait whole.</summary>
    public int Bytes { get; private set; }

    /// <summary>Adds a copy of a picture; whole ones in front of a key frame are of no use any more.</summary>
    /// <returns>False where there is no room; nothing that builds on it is of use then.</returns>
    public bool TryAdd(RtcTime now, ReadOnlySpan<byte> picture, uint timestamp, bool isKeyFrame, ulong tag)
    {
        if (isKeyFrame)
        {
            Clear();
        }
        else if (_pictures.Count == Capacity)
        {
            return false;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(picture.Length);
        picture.CopyTo(bytes);
        _pictures.Enqueue(new WaitingPicture(bytes, picture.Length, timestamp, tag, now, isKeyFrame));
        Bytes += picture.Length;
        return true;
    }

    /// <summary>Takes the next picture; its bytes are the caller's to give back.</summary>
    public bool TryTake(out WaitingPicture picture)
    {
        if (!_pictures.TryDequeue(out picture))
        {
            return false;
        }

        Bytes -= picture.Length;
        return true;
    }

    /// <summary>Forgets the pictures that are of the past.</summary>
    /// <returns>Whether there were any: nothing that follows is of use before the next key frame, and all of it is forgotten too.</returns>
    public bool DropLate(RtcTime now)
    {
        if (!_pictures.TryPeek(out var first) || now - first.QueuedAt <= (first.IsKeyFrame ? KeyFramePatience : Patience))
        {
            return false;
        }

        Clear();
        return true;
    }

    public bool IsEmpty => _pictures.Count == 0;

    /// <summary>Whether what waits needs nothing that was sent before: a key frame is in front of all that waits.</summary>
    public bool BeginsAnew => _pictures.TryPeek(out var first) && first.IsKeyFrame;

    public void Clear()
    {
        while (TryTake(out var picture))
        {
            picture.Return();
        }
    }

    public void Dispose() => Clear();
}

/// <summary>A picture in rented memory.</summary>
internal readonly record struct WaitingPicture(byte[] Buffer, int Length, uint Timestamp, ulong Tag, RtcTime QueuedAt, bool IsKeyFrame)
{
    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
