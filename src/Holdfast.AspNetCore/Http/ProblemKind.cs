namespace Holdfast.AspNetCore.Http;

/// <summary>
/// One kind of refusal: what a program decides by. <c>docs/http-api.md</c> lists them all, and a test holds that list against the ones below.
/// </summary>
/// <param name="Status">The HTTP status, always the same for a kind.</param>
/// <param name="Name">The end of its <see cref="Type"/>; never changed once it was told.</param>
/// <param name="Title">A few words for a person, the same each time.</param>
internal sealed record ProblemKind(int Status, string Name, string Title)
{
    /// <summary>What the types of all of Holdfast's own problems begin with.</summary>
    public const string Prefix = "urn:holdfast:problem:";

    public static readonly ProblemKind BadRequest = new(400, "bad-request", "The request cannot be understood");
    public static readonly ProblemKind BadOffer = new(400, "bad-offer", "The offer cannot be answered");
    public static readonly ProblemKind UnknownAvatar = new(400, "unknown-avatar", "There is no such avatar");
    public static readonly ProblemKind UnknownVoice = new(400, "unknown-voice", "There is no such voice");
    public static readonly ProblemKind UnknownModel = new(400, "unknown-model", "There is no such model");
    public static readonly ProblemKind UnknownTarget = new(400, "unknown-target", "There is no such target");
    public static readonly ProblemKind UnknownAction = new(400, "unknown-action", "The avatar has no such action");
    public static readonly ProblemKind NotOwner = new(401, "not-owner", "The resume token is missing or wrong");
    public static readonly ProblemKind SignIn = new(401, "sign-in", "The server wants to know who asks");
    public static readonly ProblemKind NotAllowed = new(403, "not-allowed", "Who asks may not do this");
    public static readonly ProblemKind UnknownSession = new(404, "unknown-session", "There is no such session");
    public static readonly ProblemKind UnknownRecording = new(404, "unknown-recording", "There is no such recording");
    public static readonly ProblemKind NotFound = new(404, "not-found", "There is nothing at this address");
    public static readonly ProblemKind MethodNotAllowed = new(405, "method-not-allowed", "This address does not take the method");
    public static readonly ProblemKind TooSlow = new(408, "too-slow", "The request came too slowly");
    public static readonly ProblemKind NotConnected = new(409, "not-connected", "The session has no connection");
    public static readonly ProblemKind Replaced = new(409, "replaced", "Another client took the session over");
    public static readonly ProblemKind AnotherIsReconnecting = new(409, "another-is-reconnecting", "Another client is coming back with the session");
    public static readonly ProblemKind ConnectionGone = new(409, "connection-gone", "There is no connection to restart");
    public static readonly ProblemKind KeyTaken = new(409, "key-taken", "Another text was sent under this key");
    public static readonly ProblemKind NotRecording = new(409, "not-recording", "Nothing is being recorded");
    public static readonly ProblemKind NotPushing = new(409, "not-pushing", "The session is not streamed there");
    public static readonly ProblemKind StillRecording = new(409, "still-recording", "The recording is not finished");
    public static readonly ProblemKind ActionUnusable = new(409, "action-unusable", "The action cannot be played");
    public static readonly ProblemKind NotAdjustable = new(409, "not-adjustable", "The avatar cannot be changed while it runs");
    public static readonly ProblemKind SessionEnded = new(410, "session-ended", "The session has ended");
    public static readonly ProblemKind TooLarge = new(413, "too-large", "The request is too large");
    public static readonly ProblemKind NotJson = new(415, "not-json", "The body is not sent as JSON");
    public static readonly ProblemKind NotSound = new(415, "not-sound", "The body is no sound that can be played");
    public static readonly ProblemKind Elsewhere = new(421, "elsewhere", "Another server has the session");
    public static readonly ProblemKind NothingToSay = new(422, "nothing-to-say", "There is nothing to say aloud");
    public static readonly ProblemKind TooMuchToSay = new(429, "too-much-to-say", "Too much is waiting to be said");
    public static readonly ProblemKind TooManyStreams = new(429, "too-many-streams", "Too many event streams are open");
    public static readonly ProblemKind TooManyFromAddress = new(429, "too-many-from-address", "Too many sessions come from your address");
    public static readonly ProblemKind TooManyOfUser = new(429, "too-many-of-user", "You have too many sessions");
    public static readonly ProblemKind TooManyStarts = new(429, "too-many-starts", "Too many sessions were started");
    public static readonly ProblemKind Internal = new(500, "internal", "Something went wrong in the server");
    public static readonly ProblemKind NoConversation = new(501, "no-conversation", "This server holds no conversations");
    public static readonly ProblemKind NotListening = new(501, "not-listening", "This server does not listen");
    public static readonly ProblemKind NoRecording = new(501, "no-recording", "This server does not record");
    public static readonly ProblemKind NoConversion = new(501, "no-conversion", "This server makes no MP4");
    public static readonly ProblemKind Full = new(503, "full", "The server is full");
    public static readonly ProblemKind Stopping = new(503, "stopping", "The server is restarting");
    public static readonly ProblemKind DiskFull = new(507, "disk-full", "There is no room for a recording");

    /// <summary>What a program decides by.</summary>
    public string Type => Prefix + Name;
}
