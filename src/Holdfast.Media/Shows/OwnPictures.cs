using System.Collections.Concurrent;

namespace Holdfast.Media;

/// <summary>Pictures that streams keep for as long as they have an encoder; what is given back is lent again, since they are large.</summary>
internal static class OwnPictures
{
    private const int MostKept = 16;

    private static readonly ConcurrentQueue<I420Picture> s_free = new();

    /// <summary>A picture with anything in it.</summary>
    public static I420Picture Rent(VideoFormat format)
    {
        // One of another size makes room: sizes change seldom, and then for good.
        return s_free.TryDequeue(out var free) && free.Width == format.Width && free.Height == format.Height ? free : new I420Picture(format.Width, format.Height);
    }

    public static void Return(I420Picture? picture)
    {
        if (picture is not null && s_free.Count < MostKept)
        {
            s_free.Enqueue(picture);
        }
    }
}
