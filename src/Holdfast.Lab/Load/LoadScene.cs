using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Load;

/// <summary>What all the people of a load have in common.</summary>
/// <param name="Host">Where their connections live.</param>
/// <param name="Service">The server that they come to.</param>
/// <param name="Options">What the load consists of.</param>
/// <param name="Counters">What becomes of them.</param>
/// <param name="Crowd">Who of them is there.</param>
/// <param name="Relays">The bad network between them and the server; null: none.</param>
/// <param name="Proof">Judges what speakers hear; null: nobody does.</param>
/// <param name="Ending">Cancelled when no outage and no passage is to begin any more.</param>
internal sealed record LoadScene(
    PeerHost Host,
    ISessionService Service,
    LoadOptions Options,
    LoadCounters Counters,
    LoadCrowd Crowd,
    LoadRelays? Relays,
    SpeechProof? Proof,
    CancellationToken Ending)
{
    public LabClock Clock => Host.Clock;
}
