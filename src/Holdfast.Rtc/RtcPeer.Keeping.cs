using System.Diagnostics.CodeAnalysis;
using System.Net;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Keeping;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc;

/// <content>How a connection outlives its process: what is written down of it while it goes on, and how it is made again from that.</content>
internal sealed partial class RtcPeer
{
    /// <summary>Between two records at most four blocks' quarters of packets are sent, which have a transport-wide number each.</summary>
    private const int TransportAhead = NumberLine.Block;

    /// <summary>And less than so many pictures.</summary>
    private const int PicturesAhead = NumberLine.Block / 2;

    private byte[]? _keys;
    private int _keysVersion = -1;
    private bool _isGivenAway;

    // What another process took the line for, until there is something newer.
    private int? _lineBefore;

    /// <summary>Whether numbers are to be reserved: a quarter of what was reserved is used up.</summary>
    public bool WantsReservation => State == RtcConnectionState.Connected && !_isGivenAway && _negotiation.Streams.Start.IsLow;

    /// <summary>Makes a peer again from what another process left, or may have left: it was killed at any moment.</summary>
    /// <param name="options">Its patience; all else is what it was.</param>
    /// <param name="certificate">This side's certificate, which is the one of the other process.</param>
    /// <param name="threads">Where handshakes run; there is none.</param>
    /// <param name="kept">What was stored last.</param>
    /// <param name="heardAt">When the client was heard of last.</param>
    /// <param name="now">Now.</param>
    /// <param name="term">Until when somebody would go on with what is stored of it.</param>
    /// <param name="peer">The peer, connected. It sends nothing before numbers are reserved.</param>
    public static bool TryRestore(
        RtcPeerOptions options,
        DtlsCertificate certificate,
        HandshakeThreads threads,
        KeptConnection kept,
        RtcTime heardAt,
        RtcTime now,
        KeepingTerm? term,
        [NotNullWhen(true)] out RtcPeer? peer)
    {
        peer = null;
        if (!PeerRecordFormat.TryRead(kept.Keys.Span, out PeerKeysRecord? keys) || !PeerRecordFormat.TryRead(kept.Numbers.Span, out PeerNumbersRecord? numbers))
        {
            return false;
        }

        try
        {
            peer = Restore(options, certificate, threads, keys, numbers, RtcTime.Min(heardAt, now), now, term);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException)
        {
            // Its parts do not fit each other: it is no record of a connection.
            return false;
        }

        return peer is not null;
    }

    /// <summary>Writes down how far it has come, and reserves numbers; <see cref="Confirm"/> follows when that is safe on a disk.</summary>
    /// <returns>Null where there is nothing that could be gone on with.</returns>
    public KeptConnection? Keep(RtcTime now)
    {
        if (State != RtcConnectionState.Connected || _isGivenAway || _media is null)
        {
            return null;
        }

        var isFree = _term.IsOver(now);
        return Write(now, line => line.Reserve(isFree), TransportAhead, PicturesAhead);
    }

    /// <summary>What <see cref="Keep"/> gave last is stored.</summary>
    public void Confirm()
    {
        foreach (var line in _negotiation.Streams.Start.Lines)
        {
            line.Confirm();
        }
    }

    /// <summary>Another process goes on with it: from now on it takes nothing in and sends nothing, and says nothing to the client.</summary>
    /// <returns>Where that one goes on; null where there is nothing to go on with.</returns>
    public KeptConnection? GiveAway(RtcTime now)
    {
        if (State != RtcConnectionState.Connected || _isGivenAway || _media is null)
        {
            return null;
        }

        _isGivenAway = true;
        _timers.StopAll();
        return Write(now, static line => line.End(), 0, 0);
    }

    /// <summary>The other process does not go on with it after all. Of numbers there are none left: what can be said is the end of the DTLS association.</summary>
    public void TakeBack() => _isGivenAway = false;

    private static RtcPeer? Restore(
        RtcPeerOptions options,
        DtlsCertificate certificate,
        HandshakeThreads threads,
        PeerKeysRecord keys,
        PeerNumbersRecord numbers,
        RtcTime heardAt,
        RtcTime now,
        KeepingTerm? term)
    {
        options = options with
        {
            Tag = keys.Tag,
            IceSecret = keys.IceSecret,
            Generation = numbers.Generation,
            StreamId = keys.StreamId,
            Candidates = [.. keys.Candidates.Select(static text => IPEndPoint.Parse(text))],
        };
        var ice = new IceLiteAgent(keys.Tag, keys.IceSecret, numbers.Generation);
        ice.Restore(numbers.RemoteUfrag, numbers.PendingGeneration, numbers.PendingUfrag, numbers.NewestGeneration);

        // What was agreed is agreed once more by the codec it was agreed with, whatever this process prefers.
        var format = options.Formats.FirstOrDefault(format => string.Equals(format.Name, keys.Codec ?? PayloadFormat.Vp8.Name, StringComparison.Ordinal));
        if (format is null)
        {
            return null;
        }

        // Where the clock was set back meanwhile, time still goes on for the receiver.
        var behind = numbers.At > now.Microseconds ? new RtcTime(numbers.At) - now : TimeSpan.Zero;
        var start = new StreamsStart(
            new StreamStart(new NumberLine(numbers.Sound), Later(keys.SoundTimestampOffset, behind, 48_000), numbers.SoundPackets, numbers.SoundOctets),
            new StreamStart(
                new NumberLine(numbers.Pictures), Later(keys.PicturesTimestampOffset, behind, format.ClockRate), numbers.PicturePackets, numbers.PictureOctets),
            new NumberLine(numbers.Repeats),
            new NumberLine(numbers.Control, isInPacket: true),
            numbers.Transport,
            numbers.PictureId);
        if (PeerNegotiation.TryRestore(keys, ice, certificate.Fingerprint, start, options, format) is not { } negotiation)
        {
            return null;
        }

        var srtp = new SrtpKeys(keys.Profile, keys.ClientKey, keys.ClientSalt, keys.ServerKey, keys.ServerSalt);
        var dtls = DtlsAssociation.Restore(threads, new RestoredRole(srtp, DtlsRecordGuard.Restore(keys.Guard)), keys.LastFlight);
        var peer = new RtcPeer(options, negotiation, ice, dtls, term);
        SrtpStreamState[] sent =
        [
            new(keys.FirstSsrc, numbers.Sound.Next - 1, -1),
            new(keys.FirstSsrc + 1, numbers.Pictures.Next - 1, -1),
            new(keys.FirstSsrc + 2, numbers.Repeats.Next - 1, -1),
        ];
        peer._media = peer.CreateMedia(
            new SrtpContext(new SrtpContextState(keys.Profile, keys.ServerKey, keys.ServerSalt, (uint)numbers.Control.Next, sent)),
            new SrtpContext(new SrtpContextState(keys.Profile, keys.ClientKey, keys.ClientSalt, 0, numbers.Received)));
        peer.State = RtcConnectionState.Connected;
        if (numbers.Path is { } path)
        {
            peer._path.Restore(IPEndPoint.Parse(path), heardAt);
            if (numbers.Line is { } line)
            {
                // The network is the one it was: what was known of it a moment ago need not be found out again.
                peer._lineBefore = line;
                peer._estimator.Restart(now, line);
            }
        }

        peer._liveness.Restore(heardAt);
        return peer;
    }

    private static uint Later(uint offset, TimeSpan by, int clockRate) => unchecked(offset + (uint)(long)Math.Ceiling(by.TotalSeconds * clockRate));

    private KeptConnection? Write(RtcTime now, Func<NumberLine, NumberRecord> next, int transportAhead, int picturesAhead)
    {
        if (KeysNow() is not { } keys)
        {
            return null;
        }

        var (remote, pendingGeneration, pendingRemote) = _ice.Remotes;
        var (media, streams) = (_media!, _negotiation.Streams);
        return new KeptConnection(keys, PeerRecordFormat.Write(new PeerNumbersRecord
        {
            Version = PeerKeysRecord.CurrentVersion,
            At = now.Microseconds,
            Sound = next(streams.Start.Sound.Numbers),
            Pictures = next(streams.Start.Pictures.Numbers),
            Repeats = next(streams.Start.Repeats),
            Control = next(streams.Start.Control),
            Transport = (ushort)(media.Sender.Log.NextSequence + transportAhead),
            PictureId = streams.PacketizerAfter(picturesAhead),
            SoundPackets = streams.SoundSent.Packets,
            SoundOctets = streams.SoundSent.Octets,
            PicturePackets = streams.PicturesSent.Packets,
            PictureOctets = streams.PicturesSent.Octets,
            Received = media.Received,
            Generation = Generation,
            NewestGeneration = _ice.NextGeneration - 1,
            RemoteUfrag = remote,
            PendingGeneration = pendingGeneration,
            PendingUfrag = pendingRemote,
            Path = Path?.ToString(),
            Line = Sending is { IsMeasured: true } line ? line.Estimate : _lineBefore,
        }));
    }

    /// <summary>The same memory for as long as it is true.</summary>
    private byte[]? KeysNow()
    {
        if (_keys is not null && _keysVersion == _negotiation.Version)
        {
            return _keys;
        }

        if (_dtls.Keys is not { } srtp || _dtls.Export() is not var (guard, lastFlight))
        {
            return null;
        }

        var (answered, start) = (_negotiation.Answered, _negotiation.Streams.Start);
        _keysVersion = _negotiation.Version;
        return _keys = PeerRecordFormat.Write(new PeerKeysRecord
        {
            Version = PeerKeysRecord.CurrentVersion,
            Tag = _options.Tag,
            IceSecret = _options.IceSecret.ToArray(),
            StreamId = answered.StreamId,
            Offers = [.. _negotiation.Offers],
            AnsweredGeneration = _negotiation.AnsweredGeneration,
            Candidates = [.. answered.Candidates.Select(static candidate => candidate.ToString())],
            Codec = _negotiation.Streams.Format?.Name,
            FirstSsrc = answered.AudioSsrc,
            SdpSessionId = answered.SessionId,
            SdpSessionVersion = answered.SessionVersion,
            SoundTimestampOffset = start.Sound.TimestampOffset,
            PicturesTimestampOffset = start.Pictures.TimestampOffset,
            Profile = srtp.Profile,
            ClientKey = srtp.ClientKey,
            ClientSalt = srtp.ClientSalt,
            ServerKey = srtp.ServerKey,
            ServerSalt = srtp.ServerSalt,
            Guard = guard,
            LastFlight = lastFlight,
        });
    }
}
