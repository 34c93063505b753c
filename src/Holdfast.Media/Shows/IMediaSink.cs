namespace Holdfast.Media;

/// <summary>Takes encoded sound and pictures: a connection, a recording. Called from the pacing thread; must not block or keep the bytes.</summary>
public interface IMediaSink
{
    /// <summary>How much there is room for. Plenty by default: a recording takes everything.</summary>
    MediaRoom Room => MediaRoom.Plenty;

    /// <summary>The codec in which it takes pictures (<see cref="IVideoCodec.Name"/>); null: in whichever the stream prefers, which is told with each picture.</summary>
    string? VideoCodec => null;

    /// <summary>What it was handed before leaves now, if it waits for more: a picture is drawn next, which takes long. Nothing by default.</summary>
    void Flush()
    {
    }

    /// <summary>Takes 20 ms of sound.</summary>
    /// <param name="mediaTime">When it begins, on the media clock.</param>
    /// <param name="opus">One Opus packet.</param>
    /// <param name="silent">Whether there is nothing to hear in it.</param>
    /// <param name="place">The place in the speech (<see cref="IRewindableShow.Place"/>); 0 where it belongs to none.</param>
    void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place);

    /// <summary>Takes a picture.</summary>
    /// <param name="mediaTime">When it is to be seen, on the media clock.</param>
    /// <param name="picture">The picture, in <see cref="VideoCodec"/>.</param>
    void SendVideo(TimeSpan mediaTime, in EncodedPicture picture);
}
