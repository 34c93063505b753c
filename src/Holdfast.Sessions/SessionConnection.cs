using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// One connection of a session: its credentials, what it may use, and the translation between the wire's words and the
/// session's. Which connection counts is the session's to decide.
/// </summary>
internal sealed class SessionConnection : IRtcConnectionObserver
{
    private const int IceSecretBytes = 32;

    /// <summary>64 random bits in hexadecimal: characters that every browser takes in a user fragment.</summary>
    private const int TagBytes = 8;

    /// <summary>No packet that the wire hands out is longer.</summary>
    private const int MaxPacketBytes = 2_048;

    /// <summary>A client that says it last played something older, an hour ago, is not believed.</summary>
    private const int LongestMemoryTicks = 3_600 * MediaTick.PerSecond;

    private readonly Session _session;
    private readonly SessionServices _services;
    private readonly KnownLine? _knownLine;
    private readonly Microphone _microphone;
    private readonly byte[] _iceSecret = RandomNumberGenerator.GetBytes(IceSecretBytes);
    private readonly string _tag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TagBytes));
    private readonly byte[] _packet = new byte[MaxPacketBytes];
    private readonly RtcTime _epoch;
    private readonly int _firstGeneration;
    private RtcConnection? _wire;
    private string? _origin;
    private long _awaitedSince = RtcTime.Never.Microseconds;
    private volatile bool _reportsOnly;
    private ulong _newestSpeech;
    private int _reportedLost;

    /// <param name="session">Whose it is.</param>
    /// <param name="number">By which the session knows it.</param>
    /// <param name="generation">Its generation at first.</param>
    /// <param name="services">What it is made with.</param>
    /// <param name="knownLine">What a connection before it knew of the line; null: nothing.</param>
    public SessionConnection(Session session, int number, int generation, SessionServices services, KnownLine? knownLine = null)
    {
        Number = number;
        _knownLine = knownLine;
        _session = session;
        _services = services;
        _firstGeneration = generation;
        _microphone = new Microphone(session);
        _epoch = services.Endpoint.At(services.Pacer.StartTimestamp);
    }

    /// <summary>A connection that another process had.</summary>
    /// <returns>Null where it cannot be made again.</returns>
    public static SessionConnection? TryRestore(Session session, int number, KeptConnection kept, RtcTime heardAt, SessionServices services)
    {
        var connection = new SessionConnection(session, number, generation: 0, services);
        var options = new RtcPeerOptions
        {
            // The tag and the secret are in what was kept.
            Tag = connection._tag,
            IceSecret = connection._iceSecret,
            ConsentTimeout = services.Settings.HeldAfter,
            SilenceTimeout = Timeout.InfiniteTimeSpan,
        };
        if (!services.Endpoint.TryRestore(options, kept, heardAt, connection, out var wire))
        {
            return null;
        }

        connection._wire = wire;
        return connection;
    }

    /// <summary>In the log of the wire, whose it is.</summary>
    public override string ToString() => Session.NameInLogs(_session.Id);

    /// <summary>Whether numbers of its packets are to be reserved.</summary>
    public bool WantsReservation => _wire is { WantsReservation: true };

    /// <inheritdoc cref="RtcConnection.Keep"/>
    public KeptConnection? Keep() => _wire?.Keep();

    /// <inheritdoc cref="RtcConnection.OnKept"/>
    public void OnKept() => _wire?.OnKept();

    /// <inheritdoc cref="RtcConnection.GiveAway"/>
    public KeptConnection? GiveAway() => _wire?.GiveAway();

    /// <inheritdoc cref="RtcConnection.Lend"/>
    public KeptConnection? Lend() => _wire?.Lend();

    /// <inheritdoc cref="RtcConnection.TakeBack"/>
    public void TakeBack() => _wire?.TakeBack();

    /// <summary>By which the session knows it for as long as it is there.</summary>
    public int Number { get; }

    /// <summary>Its generation in the session; a restarted path raises it.</summary>
    public int Generation => _wire?.Generation ?? _firstGeneration;

    /// <summary>When the last authentic packet of the client arrived; null before the first.</summary>
    public RtcTime? LastAuthenticated => _wire?.LastAuthenticated;

    public bool IsClosed => _wire is null or { State: RtcConnectionState.Closed };

    /// <summary>Whether the client tells of every packet (transport-wide feedback), and not only in reports every few seconds.</summary>
    public bool HasFeedback { get; private set; }

    /// <summary>
    /// When the first packet was sent whose feedback is due; null while none was, or where the client sends none: it did not
    /// promise any, or its reports came without.
    /// </summary>
    public RtcTime? FeedbackAwaitedSince =>
        _wire is { HasTransportFeedback: true } && (HasFeedback || !_reportsOnly) && AwaitedSince is var since && since != RtcTime.Never
            ? since
            : null;

    private RtcTime AwaitedSince => new(Volatile.Read(ref _awaitedSince));

    /// <summary>Whether feedback tells of the packets of sound themselves.</summary>
    public bool TracksAudio => _wire is { TracksAudio: true };

    /// <summary>What is known of the line, for a connection after this one; null: nothing.</summary>
    public KnownLine? Line => _wire is { Sending: { IsMeasured: true } sending } && _wire.GetStatistics().Remote is { } remote
        ? new KnownLine(remote.Address, sending.Estimate)
        : _knownLine;

    /// <summary>How much there is room for.</summary>
    public MediaRoom Room => _wire?.Sending is { } sending ? new MediaRoom(sending.Sustained, sending.Backlog, sending.Loss)
    {
        MostSoundBits = sending.MostSoundBits,
        UsesInBandFec = sending.UsesInBandFec,
        SoundCopies = sending.SoundCopies,
        SoundFrames = sending.SoundFrames,
        PictureCopies = sending.RepeatsPictures ? 1 : 0,
    }
    : MediaRoom.Plenty;

    /// <summary>What was sent on this thread leaves, if it waits for more.</summary>
    public void Flush() => _services.Endpoint.FlushSending();

    /// <summary>Whether anything came of the person's microphone.</summary>
    public bool HasHeard => _microphone.HasReceived;

    public MicrophoneSnapshot? Microphone => _microphone.Snapshot is { } heard
        ? heard with { PacketsRecovered = _wire?.GetStatistics().AudioPacketsRecovered ?? 0 }
        : null;

    /// <summary>Answers an offer with this connection.</summary>
    public bool TryAccept(
        string offerSdp,
        TimeSpan setupTimeout,
        IPAddress? reachedAt,
        [NotNullWhen(true)] out ConnectionAnswer? answer,
        [NotNullWhen(false)] out string? error)
    {
        var options = new RtcPeerOptions
        {
            Tag = _tag,
            IceSecret = _iceSecret,
            Generation = _firstGeneration,
            Candidates = _services.Endpoint.CandidatesFor(reachedAt),
            SetupTimeout = setupTimeout,
            ConsentTimeout = _services.Settings.HeldAfter,
            KnownLine = _knownLine,

            // How long it is kept is the session's affair.
            SilenceTimeout = Timeout.InfiniteTimeSpan,
        };
        if (!_services.Endpoint.TryAccept(options, offerSdp, this, out _wire, out error))
        {
            answer = null;
            return false;
        }

        _origin = OfferOrigin.Of(offerSdp);
        answer = AnswerOf(_wire.Answer, _firstGeneration);
        return true;
    }

    /// <summary>Whether an offer is a further one of the same RTCPeerConnection, as its first line tells.</summary>
    public bool IsOfSameOrigin(string offerSdp) => _origin is { } origin && string.Equals(origin, OfferOrigin.Of(offerSdp), StringComparison.Ordinal);

    /// <summary>Answers an offer that restarts the path or changes what flows on it; a bad one changes nothing.</summary>
    public bool TryRestart(
        string offerSdp, IPAddress? reachedAt, [NotNullWhen(true)] out ConnectionAnswer? answer, [NotNullWhen(false)] out string? error)
    {
        if (_wire is null)
        {
            (answer, error) = (null, "There is no connection to restart.");
            return false;
        }

        var restarted = _wire.TryRestart(offerSdp, _services.Endpoint.CandidatesFor(reachedAt), out var sdp, out var generation, out error);
        answer = restarted ? AnswerOf(sdp!, generation) : null;
        return restarted;
    }

    public ConnectionSnapshot Snapshot(Performance performance)
    {
        var wire = _wire?.GetStatistics();
        var sent = performance.Sent;
        return new ConnectionSnapshot(
            wire?.RoundTrip,
            (wire?.AudioPacketsSent + wire?.VideoPacketsSent) ?? 0,
            wire?.PacketsRetransmitted ?? 0,
            Math.Min(_services.Settings.MaxVideoBitrate, _wire?.Sending.Available ?? 0),
            sent.LivePictures,
            sent.LoopPictures)
        {
            BytesSent = wire?.BytesSent ?? 0,
            Line = _wire?.Sending,
            Pictures = sent.Quality,
            PictureSize = sent.Size,
        };
    }

    /// <summary>Loses every packet of it until an instant.</summary>
    public void BlackOut(RtcTime until)
    {
        if (_wire is { } wire)
        {
            wire.BlackoutUntil = until;
        }
    }

    /// <summary>Says goodbye to the client and lets everything go.</summary>
    public void Close() => _wire?.Close();

    /// <summary>Feedback is due from the next packet on.</summary>
    public void AwaitFeedback() => Volatile.Write(ref _awaitedSince, RtcTime.Never.Microseconds);

    /// <summary>Sends 20 ms of sound.</summary>
    /// <param name="mediaTime">When it begins, on the media clock.</param>
    /// <param name="opus">One Opus packet.</param>
    /// <param name="tag">What the ledger knows it by; 0: it does not.</param>
    /// <param name="mayWait">Whether it is silence that may leave with the next.</param>
    public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, ulong tag, bool mayWait)
    {
        _newestSpeech = tag;
        OnSent(_wire?.SendAudio(_epoch + mediaTime, opus, tag, mayWait) ?? false);
    }

    /// <summary>The codec in which the client takes pictures; null: it takes none, or there is no connection yet.</summary>
    public string? VideoCodec => _wire?.VideoCodec;

    /// <summary>Sends a picture. Where the client tells of pictures only, it bears witness for the sound that was sent with it.</summary>
    public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) =>
        OnSent(_wire?.SendVideo(_epoch + mediaTime, picture.Bytes, picture.IsKeyFrame, _wire.TracksAudio ? 0 : _newestSpeech) ?? false);

    /// <summary>The media tick of sound with this RTP timestamp; null where there is no such sound. The timestamp may be anything.</summary>
    public long? TickOf(uint rtpTimestamp)
    {
        var now = _services.Pacer.CurrentTick;
        if (_wire?.AudioTimestampOf(_epoch + now.MediaTime) is not { } newest)
        {
            return null;
        }

        // Rounded, since the two clocks do not divide: a microsecond must not make it the tick before.
        var ago = (unchecked((long)(int)(newest - rtpTimestamp)) + SoundFormat.SamplesPerFrame / 2) / SoundFormat.SamplesPerFrame;
        return ago is >= 0 and < LongestMemoryTicks ? now.Index - ago : null;
    }

    /// <summary>The RTP timestamp that sound of a media time has or would have; null where there is no sound.</summary>
    public uint? AudioTimestampOf(TimeSpan mediaTime) => _wire?.AudioTimestampOf(_epoch + mediaTime);

    /// <summary>Hands on what came of the person's microphone since the last time; one caller at a time.</summary>
    public void ReceiveMicrophone()
    {
        while (_wire is { } wire && wire.TryReceiveAudio(_packet, out var audio))
        {
            _microphone.Receive(_packet.AsSpan(0, audio.Length), audio.RtpTimestamp, audio.LostBefore);
        }
    }

    public void OnEvent(RtcConnection connection, RtcEvent rtcEvent)
    {
        try
        {
            HandOn(connection, rtcEvent);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _session.OnFault("taking in what its connection told", exception);
        }
    }

    private void HandOn(RtcConnection connection, RtcEvent rtcEvent)
    {
        switch (rtcEvent)
        {
            case RtcEvent.StateChanged { State: RtcConnectionState.Connected }:
                _session.OnConnected(this);
                break;
            case RtcEvent.StateChanged { State: RtcConnectionState.Closed } closed:
                _session.OnDisconnected(this, ReasonOf(closed.Reason));
                break;
            case RtcEvent.PathChanged when connection.State == RtcConnectionState.Connected:
                _session.OnPathRestarted(this);
                break;
            case RtcEvent.KeyFrameRequested:
                _session.OnKeyFrameRequested(this);
                break;
            case RtcEvent.FeedbackReceived feedback:
                OnFeedback(feedback);
                break;
            case RtcEvent.ReportReceived report:
                _reportsOnly = !HasFeedback;
                OnReport(report);
                break;
        }
    }

    private static SessionReason ReasonOf(RtcReason reason) => reason switch
    {
        RtcReason.ClosedByPeer => SessionReason.LeftByPeer,
        RtcReason.SetupTimeout => SessionReason.SetupTimedOut,
        RtcReason.HandshakeFailed => SessionReason.HandshakeFailed,
        RtcReason.FingerprintMismatch => SessionReason.HandshakeFailed,
        RtcReason.NoSrtpProfile => SessionReason.HandshakeFailed,
        RtcReason.Silence => SessionReason.PathLost,
        RtcReason.InternalError => SessionReason.Faulted,
        RtcReason.EndpointStopped => SessionReason.ServerStopping,
        RtcReason.ClosedLocally => SessionReason.ClosedByOwner,
        RtcReason.ClientReached => throw new UnreachableException(),
        RtcReason.HandshakeCompleted => throw new UnreachableException(),
    };

    private void OnSent(bool sent)
    {
        if (sent && AwaitedSince == RtcTime.Never)
        {
            Volatile.Write(ref _awaitedSince, _services.Endpoint.Now.Microseconds);
        }
    }

    private void OnFeedback(RtcEvent.FeedbackReceived feedback)
    {
        HasFeedback = true;
        _session.OnArrivals(this, feedback.AcknowledgedTags.Span, feedback.LostTags.Span);
        _session.OnFeedback(this, feedback.ReceivedAt, feedback.Acknowledged, feedback.RoundTrip);
    }

    private void OnReport(RtcEvent.ReportReceived report)
    {
        if (!report.IsVideo && !HasFeedback)
        {
            var lost = Math.Max(0, report.PacketsLost - _reportedLost);
            _reportedLost = report.PacketsLost;
            _session.OnArrivedUpTo(this, report.HighestTag, lost);
        }

        _session.OnReport(this);
    }

    private ConnectionAnswer AnswerOf(string sdp, int generation) => new(sdp, generation, _iceSecret, _tag);
}
