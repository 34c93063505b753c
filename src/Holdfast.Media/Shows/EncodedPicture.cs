namespace Holdfast.Media;

/// <summary>One encoded picture on its way to whoever sends or keeps it. Its bytes are the sender's: they are not kept.</summary>
/// <param name="codec">What it is encoded in.</param>
/// <param name="bytes">One encoded picture.</param>
/// <param name="isKeyFrame">Whether it stands for itself.</param>
public readonly ref struct EncodedPicture(string codec, ReadOnlySpan<byte> bytes, bool isKeyFrame)
{
    /// <summary>What it is encoded in (<see cref="IVideoCodec.Name"/>).</summary>
    public string Codec { get; } = codec;

    /// <summary>One encoded picture.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Whether it stands for itself.</summary>
    public bool IsKeyFrame { get; } = isKeyFrame;
}
