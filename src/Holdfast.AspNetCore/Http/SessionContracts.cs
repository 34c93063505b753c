using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Holdfast.Media;
using Holdfast.Sessions;

namespace Holdfast.AspNetCore.Http;

/// <summary>How long the strings in bodies may be, in characters (UTF-16). docs/http-api.md says so too.</summary>
internal static class BodyLimits
{
    /// <summary>An offer; as long as the wire reads one.</summary>
    public const int Sdp = 64 * 1024;

    /// <summary>A name that a client or a server gave to something.</summary>
    public const int Name = 64;

    /// <summary>One of a few words.</summary>
    public const int Word = 16;

    /// <summary>All tags of a session, with their commas.</summary>
    public const int Tags = SessionLabels.MaxTags * (SessionLabels.MaxLength + 1);
}

/// <summary>A client's wish for a session.</summary>
/// <param name="Sdp">The offer of its RTCPeerConnection; it need not contain candidates.</param>
/// <param name="Type">"offer".</param>
/// <param name="Avatar">Who is to be seen; the server's default when left out.</param>
/// <param name="GraceSeconds">How long it is to be kept without a connection.</param>
/// <param name="GapPolicy">What becomes of what is being said while nobody can hear it.</param>
/// <param name="Tags">Words of the client's own, separated by commas.</param>
/// <param name="AnswersToId">Whether whoever knows its id may speak for it in LiveTalking's API.</param>
/// <param name="StaysAlive">Of one without an offer: whether it is kept until somebody ends it.</param>
internal sealed record CreateSessionBody(
    [property: StringLength(BodyLimits.Sdp, MinimumLength = 1), Description("The offer of the client's RTCPeerConnection. It need not contain candidates. Left out together with type, the session begins without a viewer.")] string? Sdp,
    [property: StringLength(BodyLimits.Word, MinimumLength = 1), Description("Always \"offer\".")] string? Type,
    [property: StringLength(BodyLimits.Name, MinimumLength = 1), Description("One of the names that GET /api/avatars lists; the default when left out.")] string? Avatar,
    [property: Range(1, int.MaxValue), Description("Seconds the session is to be kept without a connection; the server's default when left out, and never more than its limit.")] int? GraceSeconds,
    [property: StringLength(BodyLimits.Word, MinimumLength = 1), Description("What becomes of what is being said while the connection is down: \"pause\" (stands still and goes on before the first unheard word, the default), \"finish\" (goes on unheard) or \"drop\" (its rest is given up).")] string? GapPolicy,
    [property: StringLength(BodyLimits.Tags, MinimumLength = 1), Description("Words of your own, separated by commas: at most 8, each of at most 64 characters. They are kept with the session, shown and logged.")] string? Tags,
    [property: Description("Whether whoever knows the session's id may speak for it in LiveTalking's API, as programs beside a page do. Default: false.")] bool? AnswersToId = null,
    [property: Description("Without an offer: whether the session is kept until somebody ends it. Otherwise its outputs keep it, and after them its grace period. Default: false.")] bool? StaysAlive = null);

/// <summary>What a client played last.</summary>
/// <param name="RtpTimestamp">Of the sound, as RTCRtpReceiver.getSynchronizationSources() tells it.</param>
internal sealed record PlayedBody(
    [property: Required, Range(typeof(long), "0", "4294967295"), Description("The rtpTimestamp of the newest entry of getSynchronizationSources() of the audio receiver, 0 to 2^32 - 1.")] long? RtpTimestamp);

/// <summary>What a client may tell with a sign of life.</summary>
internal sealed record HeartbeatBody(
    [property: Description("What was played last on the connection there is.")] PlayedBody? Played);

/// <summary>Who is to be seen and heard from now on.</summary>
internal sealed record AdjustBody(
    [property: StringLength(BodyLimits.Name, MinimumLength = 1), Description("One of the names that GET /api/avatars lists; left out, it stays.")] string? Avatar,
    [property: StringLength(BodyLimits.Name, MinimumLength = 1), Description("One of the ids that GET /api/voices lists, or \"own\" for the avatar's own; left out, it stays.")] string? Voice,
    [property: Range(0.5, 2), Description("How fast is spoken, 0.5 to 2; 1 is usual. Left out, it stays.")] double? Speed,
    [property: Range(0.5, 2), Description("How high is spoken, 0.5 to 2; 1 is usual. Left out, it stays; a voice without pitch ignores it.")] double? Pitch);

/// <summary>How large the pictures are seen.</summary>
internal sealed record StageBody(
    [property: Required, Range(1, StageSize.Most), Description("How wide the pictures are shown, in pixels of the screen (CSS pixels times devicePixelRatio); 1 to 16,384.")] int? Width,
    [property: Required, Range(1, StageSize.Most), Description("How high.")] int? Height);

/// <summary>The voices there are.</summary>
internal sealed record VoiceList(IReadOnlyList<VoiceView> Voices);

/// <summary>A voice.</summary>
/// <param name="Id">What PATCH /api/sessions/{id} takes.</param>
/// <param name="Engine">What speaks.</param>
/// <param name="Languages">BCP 47 tags; empty where it speaks whatever the text is in, or where that is not known.</param>
internal sealed record VoiceView(string Id, string Engine, IReadOnlyList<string> Languages);

/// <summary>An offer for a session there is.</summary>
internal sealed record ConnectionBody(
    [property: StringLength(BodyLimits.Sdp, MinimumLength = 1), Description("The offer of the client's RTCPeerConnection.")] string? Sdp,
    [property: StringLength(BodyLimits.Word, MinimumLength = 1), Description("Always \"offer\".")] string? Type,
    [property: StringLength(BodyLimits.Name, MinimumLength = 1), Description("Tells one page from another: a page's own earlier try is replaced, another page's is not.")] string? Client,
    [property: Description("What was played last on the connection there was; what had arrived after it is said again.")] PlayedBody? Played);

/// <summary>A new connection of a session, which takes over when it works.</summary>
/// <param name="ResumeToken">Replaces the one used for this call, once it is used itself.</param>
internal sealed record ConnectionCreated(int Generation, string ResumeToken, SessionDescription Answer, IceSecrets Ice);

/// <summary>A new path for the connection there is.</summary>
internal sealed record PathRestarted(int Generation, SessionDescription Answer);

/// <summary>What a heartbeat is answered.</summary>
internal sealed record HeartbeatAnswer(string State, int Generation, double ExpiresInSeconds);

/// <summary>A session that came about, and everything its client needs to keep it.</summary>
/// <param name="SessionId">A whole number from 1 to 2^53 - 1.</param>
/// <param name="ResumeToken">The bearer token of every further call; told only here.</param>
/// <param name="Generation">Which connection of the session this answer is for.</param>
/// <param name="Answer">For setRemoteDescription; null where there was no offer.</param>
/// <param name="Ice">What the client needs to restart the path without asking; null where there was no offer.</param>
/// <param name="State">"negotiating", or "held" where there was no offer.</param>
/// <param name="GraceSeconds">How long the session is kept without a connection.</param>
/// <param name="HeartbeatSeconds">How often the client is to give a sign of life.</param>
internal sealed record SessionCreated(
    long SessionId,
    string ResumeToken,
    int Generation,
    SessionDescription? Answer,
    IceSecrets? Ice,
    string State,
    int GraceSeconds,
    int HeartbeatSeconds);

/// <summary>An SDP with its role, as RTCPeerConnection takes it.</summary>
internal sealed record SessionDescription(string Type, string Sdp);

/// <summary>The shared secret that ICE passwords are derived from, and the tag that names the session on the wire.</summary>
/// <param name="Secret">32 bytes in base64url.</param>
/// <param name="Tag">The part of the server's ICE user fragment before the slash.</param>
internal sealed record IceSecrets(string Secret, string Tag);

/// <summary>What a session is doing now.</summary>
/// <param name="Voice">The voice that was asked for; null for the avatar's own.</param>
/// <param name="Speed">How fast is spoken: 1 is usual.</param>
/// <param name="Pitch">How high is spoken: 1 is usual.</param>
/// <param name="Waits">Whether what is to be said waits for its turn, since the server has little head room.</param>
/// <param name="User">Whose it is; null where nobody said it.</param>
/// <param name="Tags">The words it was given.</param>
/// <param name="Microphone">What was heard of the person, or null when the client sends no sound.</param>
internal sealed record SessionView(
    long SessionId,
    string State,
    string Avatar,
    string? Voice,
    double Speed,
    double Pitch,
    int Generation,
    double ExpiresInSeconds,
    bool Speaking,
    int Queued,
    bool Waits,
    DateTimeOffset CreatedAt,
    string? User,
    IReadOnlyList<string> Tags,
    ConnectionView? Connection,
    MicrophoneView? Microphone,
    string GapPolicy,
    PlayoutView? Playout,
    ConversationView? Conversation);

/// <summary>What became of the speech so far.</summary>
/// <param name="RepeatedSeconds">How much was said again, all together.</param>
/// <param name="LostSeconds">How much is known to have been lost.</param>
/// <param name="LastResumption">The last time it went back, or null.</param>
internal sealed record PlayoutView(double RepeatedSeconds, double LostSeconds, ResumptionView? LastResumption);

/// <summary>Where the performance went on after it was stopped.</summary>
internal sealed record ResumptionView(string UtteranceId, double OffsetSeconds, double RepeatedSeconds, double AwaySeconds);

/// <summary>The connection a session has at the moment.</summary>
/// <param name="RoundTripMilliseconds">Null until the client has reported once.</param>
/// <param name="Picture">How large the newest picture was; null before the first.</param>
internal sealed record ConnectionView(
    double? RoundTripMilliseconds,
    long PacketsSent,
    long PacketsRetransmitted,
    int VideoBitrate,
    long PicturesEncoded,
    long PicturesShared,
    PictureView? Picture,
    LineView? Line);

/// <summary>How large pictures are, in pixels.</summary>
internal sealed record PictureView(int Width, int Height);

/// <summary>The line to the client as the server sees it.</summary>
/// <param name="EstimateKilobits">What it carries, kilobits a second, headers included.</param>
/// <param name="AvailableKilobits">What is sent at the most now: less while a queue on the way is to drain.</param>
/// <param name="QueueMilliseconds">How long packets wait on the way.</param>
/// <param name="BacklogMilliseconds">How long pictures wait in the server for their turn.</param>
/// <param name="LossPercent">Packets that do not arrive.</param>
/// <param name="Pictures">What is left of the pictures: full, reduced or still.</param>
/// <param name="Measured">Whether the client has told anything yet that the estimate could follow.</param>
internal sealed record LineView(
    double EstimateKilobits,
    double AvailableKilobits,
    double QueueMilliseconds,
    double BacklogMilliseconds,
    double LossPercent,
    int SoundCopies,
    string Pictures,
    bool Measured);

/// <summary>What arrived of the person's microphone.</summary>
/// <param name="PacketsReceived">Those that arrived.</param>
/// <param name="PacketsLost">Those that are missing between them.</param>
/// <param name="PacketsRecovered">Those received that came because they were asked for again.</param>
internal sealed record MicrophoneView(long PacketsReceived, long PacketsLost, long PacketsRecovered);

/// <summary>How a 410 reads: problem details with a word more. For the description; the answer is made by <see cref="Problems"/>.</summary>
internal sealed record SessionEndedProblem(
    [property: Description("urn:holdfast:problem:session-ended")] string Type,
    string Title,
    int Status,
    [property: Description("How the session ended, for a person.")] string Detail,
    [property: Description("How the session ended, for a program: graceOver, heldTooLong, closedByOwner, setupTimedOut, leftByPeer, handshakeFailed, showFailed or serverStopping.")]
    string Reason);

/// <summary>An outage to be shown.</summary>
internal sealed record OutageBody([property: Required, Range(1, 120), Description("From 1 to 120.")] int? Seconds);

/// <summary>A text to be said.</summary>
internal sealed record SayBody(
    [property: StringLength(HoldfastOptions.LongestText, MinimumLength = 1), Description("What is to be said; every script that a voice is there for. At most as many characters (UTF-16) as Holdfast:MaxTextLength says, 4,000 by default.")] string? Text,
    [property: StringLength(BodyLimits.Word, MinimumLength = 1), Description("\"echo\": the avatar says the text itself, the default. \"chat\": the model is asked, and the avatar says its answer.")] string? Mode,
    [property: StringLength(Session.MaxKeyLength, MinimumLength = 1), Description("The client's own name for this sending, 1 to 64 characters: sent again under the same key, the text is not said again.")] string? Key,
    [property: Description("With \"chat\": whether the answer that is being given is stopped for this question. Otherwise it waits its turn. Default: false.")] bool? Interrupt = null);

/// <summary>A question that will be answered when its turn comes.</summary>
/// <param name="QuestionId">Names it.</param>
internal sealed record QuestionAccepted(string QuestionId);

/// <summary>A model for a session.</summary>
internal sealed record ModelBody(
    [property: Required, StringLength(BodyLimits.Word, MinimumLength = 1), Description("One of the names that GET /api/models lists.")] string? Model);

/// <summary>The models that can be asked.</summary>
internal sealed record ModelList(IReadOnlyList<ModelView> Models, string Default);

/// <summary>One model that can be asked.</summary>
/// <param name="Name">For programs.</param>
/// <param name="DisplayName">For people.</param>
/// <param name="Offline">Whether it is the companion that comes with the server, and no language model.</param>
internal sealed record ModelView(string Name, string DisplayName, bool Offline);

/// <summary>What a session's conversation is doing.</summary>
/// <param name="Phase">"quiet", "hearing", "deciding", "thinking" or "speaking".</param>
/// <param name="Turn">The number of the turn; 0 before the first question.</param>
/// <param name="Model">Who is asked.</param>
/// <param name="Offline">Whether that is only the companion that comes with the server.</param>
/// <param name="Waiting">Questions that wait for their turn.</param>
/// <param name="Listening">Whether and how the person is heard.</param>
internal sealed record ConversationView(string Phase, long Turn, string Model, bool Offline, int Waiting, ListeningView Listening);

/// <summary>How a session listens to the person.</summary>
/// <param name="Available">Whether what they say is recognised.</param>
/// <param name="Reason">Why it is not, for a program: "noRecogniser"; null where it is.</param>
/// <param name="Mode">"handsFree": it is heard when they speak. "pushToTalk": they say when.</param>
internal sealed record ListeningView(bool Available, string? Reason, string Mode);

/// <summary>How the person wants to be heard.</summary>
internal sealed record MicrophoneBody(
    [property: Required, StringLength(BodyLimits.Word, MinimumLength = 1), Description("\"handsFree\": it is heard when they speak. \"pushToTalk\": only while 'talking'.")] string? Mode,
    [property: Description("With \"pushToTalk\": whether they hold the button. Left out: they do not.")] bool? Talking);

/// <summary>What the person said while the connection was lost was taken in.</summary>
/// <param name="Seconds">How long it lasts.</param>
internal sealed record RecordingAccepted(double Seconds);

/// <summary>A text that will be said when its turn comes.</summary>
internal sealed record SayAccepted(string UtteranceId);

/// <summary>What an interruption stopped.</summary>
/// <param name="Stopped">How many utterances were stopped or forgotten.</param>
internal sealed record Interrupted(int Stopped);

/// <summary>What a server is like.</summary>
/// <param name="Version">Of Holdfast.</param>
/// <param name="GraceSeconds">How long a session is kept after the last sign of life, where it asks for nothing else.</param>
/// <param name="HeartbeatSeconds">How often a client should send a sign of life.</param>
/// <param name="Outage">Whether <c>POST /api/sessions/{id}/outage</c> works: in Development.</param>
internal sealed record ServerView(string Version, int GraceSeconds, int HeartbeatSeconds, bool Outage);

/// <summary>Who can be seen.</summary>
internal sealed record AvatarList(IReadOnlyList<AvatarView> Avatars, string Default);

/// <summary>One who can be seen.</summary>
/// <param name="DisplayName">By language tag.</param>
/// <param name="Preview">Where a still picture is.</param>
/// <param name="Actions">What it can play: names for POST /api/sessions/{id}/actions.</param>
internal sealed record AvatarView(string Name, IReadOnlyDictionary<string, string> DisplayName, string Preview, IReadOnlyList<string> Actions);
