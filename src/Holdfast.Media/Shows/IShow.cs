using System.Diagnostics;

namespace Holdfast.Media;

/// <summary>
/// What one session shows and hears: the avatar is one, a voice agent, a rendered app or a robot's camera can be others.
/// </summary>
/// <remarks>
/// <para>
/// A show belongs to a session and outlives its connections. The pacing loop asks it for 20 ms of sound and, every
/// second time, for a picture; nobody asks while the session is held, so a show that only works when asked costs
/// nothing then.
/// </para>
/// <para>
/// <see cref="ReadAudio"/>, <see cref="IsIdle"/> and <see cref="Draw"/> are called from one pacing thread at a time, and must not
/// block; nor must <see cref="PutAside"/> and <see cref="TakeBack"/>, which no other of these meets. <see cref="Say"/> and <see cref="Interrupt"/> come from any thread.
/// </para>
/// </remarks>
public interface IShow : IAsyncDisposable
{
    /// <summary>Size and rate of the pictures; fixed for the life of the show.</summary>
    VideoFormat VideoFormat { get; }

    /// <summary>
    /// The pictures of doing nothing, encoded once and shared by every session that shows them, or null when every
    /// picture must be drawn.
    /// </summary>
    EncodedLoop? IdleLoop { get; }

    /// <summary>
    /// Whether the picture that belongs to the sound last read is the one <see cref="IdleLoop"/> has at the same place,
    /// so that nothing needs to be drawn or encoded. Always false for a show without an idle loop.
    /// </summary>
    bool IsIdle { get; }

    /// <summary>Takes the show 20 ms on and gives the sound of it.</summary>
    /// <param name="pcm">Receives 960 samples, mono, 48 kHz, signed 16 bit.</param>
    /// <returns>False where these 20 ms are silent; <paramref name="pcm"/> is then left untouched.</returns>
    bool ReadAudio(Span<short> pcm);

    /// <summary>Draws the picture that belongs to the sound last read.</summary>
    /// <param name="frameIndex">The place in the idle motion, in pictures since the stream began; the idle loop has the
    /// same motion at <c>frameIndex % IdleLoop.Count</c>.</param>
    /// <param name="picture">Receives the picture, of the size in <see cref="VideoFormat"/>.</param>
    void Draw(long frameIndex, I420Picture picture);

    /// <summary>Puts a text at the end of what is to be said.</summary>
    SayResult Say(Utterance utterance);

    /// <summary>Stops what is being said and forgets what was to be said, at once.</summary>
    /// <returns>How many utterances were stopped or forgotten.</returns>
    int Interrupt();

    /// <summary>
    /// Nobody will see or hear it for a while: its session is held. What it has only in order to go on, such as sound that is still
    /// to be heard, it may put where it takes no memory, but must not lose; nor need it prepare anything further. Returns at once. Nothing by default.
    /// </summary>
    void PutAside()
    {
    }

    /// <summary>
    /// Somebody is there again, who may ask for sound and pictures at once. Until what was put aside is there, sound is silence,
    /// and nothing of it is skipped. Asked at every 20 ms; returns at once. By default nothing was put aside.
    /// </summary>
    /// <returns>Whether it goes on where it stood; what is about the place (<see cref="IRewindableShow"/>) is asked for only then.</returns>
    bool TakeBack() => true;

    /// <summary>Whether it wants to hear the person; their sound is decoded only then. False by default.</summary>
    bool Listens => false;

    /// <summary>Hears some of the person's microphone, mostly 20 ms at a time: mono, 48 kHz, signed 16 bit. Nothing by default.</summary>
    void Hear(ReadOnlySpan<short> pcm)
    {
    }
}

/// <summary>Makes the shows of sessions.</summary>
public interface IShowFactory
{
    /// <summary>The shows a session may ask for, the default first; at least one.</summary>
    IReadOnlyList<ShowDescription> Shows { get; }

    /// <summary>The voices a session may ask for by name; none where its shows cannot change them (<see cref="IAdjustableShow"/>).</summary>
    IReadOnlyList<VoiceDescription> Voices => [];

    /// <summary>Whether a voice may be asked for: one of <see cref="Voices"/>, or one that is known without being listed.</summary>
    bool HasVoice(string id) => Voices.Any(voice => string.Equals(voice.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The language that a text tells of itself, as <see cref="Utterance.Language"/> has it: a text after it that tells nothing ("30%") is said in the same. Null where
    /// it tells nothing, and always where shows know nothing of languages.
    /// </summary>
    string? LanguageOf(string text) => null;

    /// <summary>Makes ready what all sessions share, such as the idle loops. Shows can be made before it is done.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Makes a show for one session.</summary>
    /// <param name="name">The name of one of <see cref="Shows"/>.</param>
    /// <param name="observer">Is told what happens in the show.</param>
    IShow Create(string name, IShowObserver observer);

    /// <summary>A still picture of a show, as PNG, or empty where there is none.</summary>
    /// <param name="name">The name of one of <see cref="Shows"/>.</param>
    ReadOnlyMemory<byte> Preview(string name);

    /// <summary>The same picture as WebP, which is much smaller, or empty where there is none: then the other one is served.</summary>
    /// <param name="name">The name of one of <see cref="Shows"/>.</param>
    ReadOnlyMemory<byte> PreviewWebP(string name) => default;

    /// <summary>The same picture as WebP, 128 by 128: for a list to choose from. Empty where there is none: then a larger one is served.</summary>
    /// <param name="name">The name of one of <see cref="Shows"/>.</param>
    ReadOnlyMemory<byte> PreviewThumbnail(string name) => default;

    /// <summary>Why an action of a show cannot be played, for whoever runs the server; null where nothing is known against it.</summary>
    /// <param name="show">The name of one of <see cref="Shows"/>.</param>
    /// <param name="action">The name of one of its actions.</param>
    string? FaultOfAction(string show, string action) => null;

    /// <summary>The actions of a show; none where there is no such show.</summary>
    /// <param name="show">The name of one of <see cref="Shows"/>.</param>
    IReadOnlyList<ShowAction> ActionsOf(string show) =>
        Shows.FirstOrDefault(one => string.Equals(one.Name, show, StringComparison.OrdinalIgnoreCase))?.Actions ?? [];
}

/// <summary>A show that sessions may ask for.</summary>
/// <param name="Name">For programs: lower case, no spaces.</param>
/// <param name="DisplayName">For people, by language tag; <c>en</c> is always there.</param>
public sealed record ShowDescription(string Name, IReadOnlyDictionary<string, string> DisplayName)
{
    /// <summary>What it can play when it is asked to (<see cref="Utterance.Action"/>).</summary>
    public IReadOnlyList<ShowAction> Actions { get; init; } = [];
}

/// <summary>Pictures and sound that a show plays when it is asked to.</summary>
/// <param name="Name">For programs.</param>
/// <param name="Number">For programs that know actions by number, from 2 (LiveTalking's <c>audiotype</c>).</param>
public sealed record ShowAction(string Name, int Number);

/// <summary>Is told what happens in a show. Calls come from any thread, never under a lock, and must return at once.</summary>
public interface IShowObserver
{
    /// <summary>The first sound of an utterance was handed out.</summary>
    void UtteranceStarted(string utteranceId);

    /// <summary>
    /// A word begins in the sound that is being handed out, and after a rewind again. Shows that do not know their words' times do not tell.
    /// </summary>
    /// <param name="utteranceId">Whose word.</param>
    /// <param name="textOffset">Where it begins in the utterance's text, in UTF-16 units.</param>
    /// <param name="textLength">How long it is there, in UTF-16 units.</param>
    void WordReached(string utteranceId, int textOffset, int textLength)
    {
    }

    /// <summary>
    /// An utterance that another show had begun goes on (<see cref="IResumableShow.Continue"/>). Told after its beginning, before its first sound.
    /// </summary>
    /// <param name="utteranceId">Which.</param>
    /// <param name="offset">How far into its sound it goes on, as far as is known.</param>
    /// <param name="repeated">How much of that had been heard.</param>
    void UtteranceResumed(string utteranceId, TimeSpan offset, TimeSpan repeated)
    {
    }

    /// <summary>The last sound of an utterance was handed out, or it ended early.</summary>
    void UtteranceEnded(string utteranceId, UtteranceEnd end);

    /// <summary>An utterance could not be spoken, or not to its end. What exactly went wrong is for the show's own log.</summary>
    /// <param name="utteranceId">Which.</param>
    /// <param name="fault">What the person is told, in their language.</param>
    void UtteranceFailed(string utteranceId, UtteranceFault fault);

    /// <summary>A voice failed or was too slow, and another one says what it should have said.</summary>
    /// <param name="utteranceId">While saying what.</param>
    /// <param name="voice">The engine that should have spoken.</param>
    /// <param name="fault">Why it did not.</param>
    void VoiceFellBack(string utteranceId, string voice, UtteranceFault fault)
    {
    }
}

/// <summary>A text to be said, in one go, under a name.</summary>
/// <param name="Id">Unique in the session.</param>
/// <param name="Text">What is to be said.</param>
public sealed record Utterance(string Id, string Text)
{
    /// <summary>A recording that is heard in place of a voice: 48 kHz mono; empty where a voice says the text. A show that does not play any has nothing to say.</summary>
    public ReadOnlyMemory<short> Sound { get; init; }

    /// <summary>
    /// The language that it is to be said in, as a tag (BCP 47) such as "de": for what its letters do not tell by themselves. Where only the letters of what was
    /// said before are known, that says no more than their script: "und-Hani". Null where nothing is known.
    /// </summary>
    public string? Language { get; init; }

    /// <summary>The trace that it belongs to, where there is one: what is done to say it is below that, whenever and wherever that is.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>The name of one of the show's actions, which is played in place of speech; null where there is none. A show without it has nothing to say.</summary>
    public string? Action { get; init; }
}

/// <summary>What became of a text handed to <see cref="IShow.Say"/>.</summary>
public enum SayResult
{
    /// <summary>It will be said when its turn comes.</summary>
    Accepted,

    /// <summary>So much is waiting already that it was refused; nothing was queued.</summary>
    QueueFull,

    /// <summary>There is nothing in it that could be said.</summary>
    NothingToSay,
}

/// <summary>How an utterance ended.</summary>
public enum UtteranceEnd
{
    /// <summary>It was said to its end.</summary>
    Finished,

    /// <summary>It was interrupted.</summary>
    Interrupted,

    /// <summary>Its rest was given up, because nobody was there to hear it (<see cref="IRewindableShow.DropUtterance"/>).</summary>
    Dropped,
}

/// <summary>Why an utterance could not be said, as far as it is of use to the person who waits for it.</summary>
public enum UtteranceFault
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>There is no voice: its program or service is missing, or cannot be reached.</summary>
    VoiceMissing,

    /// <summary>The voice failed, or gave what is no sound.</summary>
    VoiceFailed,

    /// <summary>The voice took too long.</summary>
    VoiceTooSlow,

    /// <summary>The voice gave no sound for this text.</summary>
    NoSound,

    /// <summary>Its sound was made, and lost before it could be heard.</summary>
    Lost,

    /// <summary>It was accepted by a server before this one, which takes no text like this.</summary>
    NotTaken,
}

/// <summary>Size and rate of pictures.</summary>
/// <param name="Width">Pixels, even.</param>
/// <param name="Height">Pixels, even.</param>
/// <param name="FramesPerSecond">25 unless the show has reasons.</param>
public readonly record struct VideoFormat(int Width, int Height, int FramesPerSecond);
