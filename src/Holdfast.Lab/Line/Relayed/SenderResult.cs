namespace Holdfast.Lab.Line.Relayed;

/// <summary>What came of one sender on a real line.</summary>
/// <param name="Sender">Who.</param>
/// <param name="Result">What is told of lines in virtual time, too. Words are only known of ours.</param>
/// <param name="SoundGaps">How often more than 60 ms of sound in a row neither came nor could be made up.</param>
/// <param name="WaitedP50">How long a packet waited for the line, by the relay's own count, ms, the middle; after the first 2 s.</param>
/// <param name="WaitedP95">The same, exceeded by one in twenty.</param>
/// <param name="PictureWidth">How wide the pictures were, the middle of all; 0: none came.</param>
/// <param name="Coarseness">How coarse they were, the middle of all: VP8's quantizer, from 0, the finest, to 127.</param>
internal sealed record SenderResult(string Sender, LineResult Result, int SoundGaps, double WaitedP50, double WaitedP95, int PictureWidth, int Coarseness);

/// <summary>A line, and what came of each sender on it, in the order in which they sent.</summary>
/// <param name="Scenario">The line.</param>
/// <param name="Senders">Those that were connected.</param>
/// <param name="Problems">What became of the others, a sentence each.</param>
internal sealed record RelayedCell(LineScenario Scenario, IReadOnlyList<SenderResult> Senders, IReadOnlyList<string> Problems)
{
    public SenderResult? Of(string sender) => Senders.FirstOrDefault(result => string.Equals(result.Sender, sender, StringComparison.Ordinal));
}
