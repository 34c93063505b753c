namespace Holdfast.Media;

/// <summary>How much a sink has room for at present.</summary>
/// <param name="BitsPerSecond">Sound and pictures together, with everything that is added to them on the way.</param>
/// <param name="Backlog">How long what was handed over and has not left yet takes.</param>
/// <param name="Loss">The share of packets that does not arrive, 0 to 1.</param>
public readonly record struct MediaRoom(int BitsPerSecond, TimeSpan Backlog, double Loss)
{
    /// <summary>What who hears it wants sound to take at the most, bits a second.</summary>
    public int MostSoundBits { get; init; } = int.MaxValue;

    /// <summary>Whether who hears it makes use of Opus's in-band forward error correction.</summary>
    public bool UsesInBandFec { get; init; } = true;

    /// <summary>Copies of the packets before it that each packet of sound carries, which take room too.</summary>
    public int SoundCopies { get; init; }

    /// <summary>20 ms of sound that leave in one packet: they share its headers.</summary>
    public int SoundFrames { get; init; } = 1;

    /// <summary>Copies of each picture that are sent, too, and take as much room again.</summary>
    public int PictureCopies { get; init; }

    /// <summary>No limit is known.</summary>
    public static MediaRoom Plenty => new(int.MaxValue, TimeSpan.Zero, 0);
}
