using System.Net;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What a client asks for when it starts a session.</summary>
/// <param name="OfferSdp">The offer of its RTCPeerConnection; null where nobody watches yet.</param>
/// <param name="ShowName">What it wants to see; null for the default.</param>
/// <param name="Grace">How long it is to be kept without a sign of life; null for the default, bounded by the server.</param>
/// <param name="GapPolicy">What becomes of what is being said while nobody can hear it.</param>
public sealed record SessionRequest(
    string? OfferSdp, string? ShowName, TimeSpan? Grace = null, GapPolicy GapPolicy = GapPolicy.Pause)
{
    /// <summary>The address at which the client reached this machine, so that it is offered those that it can use; null where that is not known.</summary>
    public IPAddress? ReachedAt { get; init; }

    /// <summary>
    /// Whether whoever knows its id may speak for it, as in LiveTalking's API, which has no other credential. Its owner has nobody to make way for then, so it is
    /// kept for its whole grace period, also where nobody has spoken in it.
    /// </summary>
    public bool AnswersToId { get; init; }

    /// <summary>Of one without an offer: whether it is kept until somebody ends it. Otherwise its outputs keep it, and without any its grace period counts.</summary>
    public bool StaysAlive { get; init; }

    /// <summary>What the app knows of it.</summary>
    public SessionLabels Labels { get; init; } = SessionLabels.None;

    /// <summary>The client's own address, for the limits of one address; null where it is not known, or is a proxy's, and counts nowhere.</summary>
    public IPAddress? ClientAddress { get; init; }
}

/// <summary>What became of the wish for a session.</summary>
public abstract record CreateSessionResult
{
    private CreateSessionResult()
    {
    }

    /// <summary>There is one, and it waits for its connection.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Token">Makes its holder the owner; told nowhere else.</param>
    /// <param name="Answer">The answer to the offer.</param>
    public sealed record Created(Session Session, ResumeToken Token, ConnectionAnswer Answer) : CreateSessionResult;

    /// <summary>There is one, and nobody watches it yet: it was asked for without an offer.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Token">Makes its holder the owner; told nowhere else.</param>
    public sealed record Begun(Session Session, ResumeToken Token) : CreateSessionResult;

    /// <summary>The offer cannot be answered.</summary>
    /// <param name="Sentence">Why, for the one who made the offer.</param>
    public sealed record BadOffer(string Sentence) : CreateSessionResult;

    /// <summary>There is nothing of that name to see.</summary>
    public sealed record UnknownShow(string Name) : CreateSessionResult;

    /// <summary>There is no place, and nobody gives way.</summary>
    /// <param name="Limit">Which limit it is.</param>
    public sealed record Full(AdmissionLimit Limit) : CreateSessionResult;

    /// <summary>The server is stopping, and takes no sessions any more.</summary>
    public sealed record Stopping : CreateSessionResult;
}

/// <summary>An answer to an offer, and what its client needs to restart the path without asking (docs/protocol.md, self-made answers).</summary>
/// <param name="Sdp">The answer.</param>
/// <param name="Generation">Which connection of the session it is for.</param>
/// <param name="IceSecret">Both ends derive ICE passwords from it; for the owner alone.</param>
/// <param name="Tag">The part of the server's ICE user fragment before the slash.</param>
public sealed record ConnectionAnswer(string Sdp, int Generation, ReadOnlyMemory<byte> IceSecret, string Tag);

/// <summary>What became of an attempt to come back with a new connection.</summary>
public abstract record ReconnectResult
{
    private ReconnectResult()
    {
    }

    /// <summary>The new connection waits for the client; it takes over when it works.</summary>
    /// <param name="Answer">The answer to the offer.</param>
    /// <param name="Token">Replaces the resume token once it is used.</param>
    public sealed record Answered(ConnectionAnswer Answer, ResumeToken Token) : ReconnectResult;

    /// <summary>The path of the connection there is can be checked with the answer's credentials; the token stays. Only of <see cref="Session.ComeBack"/>.</summary>
    public sealed record Restarted(ConnectionAnswer Answer) : ReconnectResult;

    /// <summary>The offer cannot be answered; the session is as it was.</summary>
    public sealed record BadOffer(string Sentence) : ReconnectResult;

    /// <summary>Another client is coming back with this session at this moment.</summary>
    public sealed record AnotherIsReconnecting : ReconnectResult;

    /// <summary>There is nothing to come back to, or not yet.</summary>
    public sealed record NotPossible(SessionState State) : ReconnectResult;
}

/// <summary>What became of an attempt to restart the path of the connection there is.</summary>
public abstract record RestartResult
{
    private RestartResult()
    {
    }

    /// <summary>The path can be checked with the answer's credentials.</summary>
    public sealed record Answered(ConnectionAnswer Answer) : RestartResult;

    /// <summary>The offer cannot be answered; the old path is as it was.</summary>
    public sealed record BadOffer(string Sentence) : RestartResult;

    /// <summary>The connection is gone: only a new one helps.</summary>
    public sealed record ConnectionGone : RestartResult;

    /// <summary>There is nothing to restart, or not yet.</summary>
    public sealed record NotPossible(SessionState State) : RestartResult;
}

/// <summary>What became of a text to be said.</summary>
public abstract record SayOutcome
{
    private SayOutcome()
    {
    }

    /// <summary>It will be said when its turn comes.</summary>
    public sealed record Accepted(string UtteranceId) : SayOutcome;

    /// <summary>It was accepted before, under the same key; nothing was done again.</summary>
    /// <param name="UtteranceId">What it was accepted as.</param>
    public sealed record Repeated(string UtteranceId) : SayOutcome;

    /// <summary>Another text was sent under the same key before.</summary>
    public sealed record KeyTaken : SayOutcome;

    /// <summary>Nobody is there yet, or any more, to hear it.</summary>
    public sealed record NotConnected(SessionState State) : SayOutcome;

    /// <summary>The server is stopping: nothing was done. It goes on with the session when it is back, and can be asked again then.</summary>
    public sealed record Stopping : SayOutcome;

    /// <summary>Too much is waiting already.</summary>
    public sealed record TooMuch : SayOutcome;

    /// <summary>There is nothing in it that could be said.</summary>
    public sealed record NothingToSay : SayOutcome;
}

/// <summary>What is known under a session id.</summary>
public abstract record SessionLookup
{
    private SessionLookup()
    {
    }

    /// <summary>A session that lives.</summary>
    public sealed record Live(Session Session) : SessionLookup;

    /// <summary>A session that ended not long ago.</summary>
    public sealed record Ended(EndedSession Session) : SessionLookup;

    /// <summary>A session that another server has.</summary>
    /// <param name="Address">Where that server is reached, without <c>/api</c>.</param>
    public sealed record Elsewhere(Uri Address) : SessionLookup;

    /// <summary>Nothing.</summary>
    public sealed record Unknown : SessionLookup
    {
        internal static Unknown Instance { get; } = new();
    }
}

/// <summary>What is remembered of a session that ended: enough to tell its owner why.</summary>
public sealed class EndedSession
{
    private readonly Lock _gate = new();
    private SessionOwner _owner;

    internal EndedSession(SessionId id, SessionOwner owner, SessionReason reason, DateTimeOffset endedAt, EventJournal journal)
    {
        Journal = journal;
        Id = id;
        _owner = owner;
        Reason = reason;
        EndedAt = endedAt;
    }

    /// <summary>Its id.</summary>
    public SessionId Id { get; }

    /// <summary>Why it ended.</summary>
    public SessionReason Reason { get; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset EndedAt { get; }

    /// <summary>What happened in it; complete. When many sessions have ended, what the oldest of them tell is forgotten.</summary>
    public EventJournal Journal { get; }

    /// <summary>What this token was worth.</summary>
    public Ownership OwnershipOf(string token)
    {
        var shown = ResumeTokenHash.Of(token);
        lock (_gate)
        {
            var ownership = _owner.Of(shown);
            _owner = _owner.Shown(shown);
            return ownership;
        }
    }
}

/// <summary>What a session is doing at one moment.</summary>
/// <param name="State">Where it is in its life.</param>
/// <param name="Generation">The number of its connection.</param>
/// <param name="ExpiresIn">How long it is kept if no further sign of life comes.</param>
/// <param name="Speaking">Whether an utterance is being said.</param>
/// <param name="Queued">Utterances accepted and not yet ended.</param>
/// <param name="Connection">What its connection has done, where it has one.</param>
/// <param name="Microphone">What was heard of the person, where the client sends sound.</param>
/// <param name="Playout">What became of its speech; null before its first connection.</param>
public sealed record SessionSnapshot(
    SessionState State,
    int Generation,
    TimeSpan ExpiresIn,
    bool Speaking,
    int Queued,
    ConnectionSnapshot? Connection,
    MicrophoneSnapshot? Microphone,
    PlayoutSnapshot? Playout = null)
{
    /// <summary>How long it has been in its state.</summary>
    public TimeSpan InState { get; init; }

    /// <summary>Whether what is to be said waits for its turn, since the server has little head room.</summary>
    public bool IsTurnAwaited { get; init; }
}

/// <summary>What a session's connection has done so far.</summary>
/// <param name="RoundTrip">As the client's reports tell; null before the first.</param>
/// <param name="PacketsSent">RTP packets, without retransmissions.</param>
/// <param name="PacketsRetransmitted">RTP packets sent again: because the client asked, or before it does on a long line that loses.</param>
/// <param name="VideoBitrate">What the pictures may use now at the most, in bits a second.</param>
/// <param name="PicturesEncoded">Pictures encoded for this session alone.</param>
/// <param name="PicturesShared">Pictures taken from the shared idle loop.</param>
public sealed record ConnectionSnapshot(
    TimeSpan? RoundTrip,
    long PacketsSent,
    long PacketsRetransmitted,
    int VideoBitrate,
    long PicturesEncoded,
    long PicturesShared)
{
    /// <summary>Bytes of the datagrams sent, retransmissions, feedback and checks included.</summary>
    public long BytesSent { get; init; }

    /// <summary>What the line to the client carries; null before there is a connection.</summary>
    public RtcSendingState? Line { get; init; }

    /// <summary>What is left of the pictures on that line.</summary>
    public PictureQuality Pictures { get; init; }

    /// <summary>How large the newest picture was; null before the first.</summary>
    public PictureSize? PictureSize { get; init; }
}

/// <summary>What arrived of the person's microphone so far, in RTP packets.</summary>
/// <param name="PacketsReceived">Those that arrived, and were authentic.</param>
/// <param name="PacketsLost">Those that are missing between them.</param>
/// <param name="PacketsDamaged">Those received that were no Opus; known only where the show listens.</param>
public sealed record MicrophoneSnapshot(long PacketsReceived, long PacketsLost, long PacketsDamaged)
{
    /// <summary>Those received that were missing at first, and came because they were asked for.</summary>
    public long PacketsRecovered { get; init; }
}

/// <summary>What became of a wish to see or hear somebody else.</summary>
public enum AdjustOutcome
{
    /// <summary>It is so from now on.</summary>
    Adjusted,

    /// <summary>There is no show of this name.</summary>
    UnknownShow,

    /// <summary>There is no voice of this name.</summary>
    UnknownVoice,

    /// <summary>What the session shows cannot be changed while it runs.</summary>
    NotAdjustable,
}
