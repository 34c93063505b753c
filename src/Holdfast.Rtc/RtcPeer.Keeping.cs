using System.Diagnostics.CodeAnalysis;
using System.Net;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Keeping;

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
    private bool _isLent;

    // What another process took the line for, until there is something newer.
    private int? _lineBefore;

    /// <summary>Whether numbers are to be reserved: a quarter of what was reserved is used up.</summary>
    public bool WantsReservation => State == RtcConnectionState.Connected && !_isGivenAway && !_isLent && _negotiation.Streams.Start.IsLow;

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
        if (!PeerRecords.TryRead(kept, out var keys, out var numbers))
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
        if (State != RtcConnectionState.Connected || _isGivenAway || _isLent || Media is null)
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
        if (State != RtcConnectionState.Connected || _isGivenAway || Media is null)
        {
            return null;
        }

        _output.SendWaiting(now);
        _isGivenAway = true;
        _output.IsOpen = false;
        _timers.StopAll();
        return Write(now, static line => line.End(), 0, 0);
    }

    /// <summary>
    /// Another process goes on with it in a moment, and this one until then: with numbers of its own, some hundreds of each, and without writing anything down
    /// any more. <see cref="GiveAway"/> follows.
    /// </summary>
    /// <returns>As for <see cref="GiveAway"/>.</returns>
    public KeptConnection? Lend(RtcTime now)
    {
        if (State != RtcConnectionState.Connected || _isGivenAway || Media is null)
        {
            return null;
        }

        _isLent = true;
        return Write(now, static line => line.EndAfter(NumberLine.FirstBlock), NumberLine.FirstBlock, NumberLine.FirstBlock);
    }

    /// <summary>The other process does not go on with it after all. Of numbers there are none left: what can be said is the end of the DTLS association.</summary>
    public void TakeBack()
    {
        _isGivenAway = false;
        _output.IsOpen = State == RtcConnectionState.Connected;
    }

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
        if (PeerRecords.FormatOf(keys, options.Formats) is not { } format)
        {
            return null;
        }

        var start = PeerRecords.StartOf(keys, numbers, format, now);
        if (PeerNegotiation.TryRestore(keys, ice, certificate.Fingerprint, start, options, format) is not { } negotiation)
        {
            return null;
        }

        var dtls = DtlsAssociation.Restore(threads, new RestoredRole(PeerRecords.KeysOf(keys), DtlsRecordGuard.Restore(keys.Guard)), keys.LastFlight);
        var peer = new RtcPeer(options, negotiation, ice, dtls, term);
        peer._output.Media = peer.CreateMedia(PeerRecords.OutgoingOf(keys, numbers), PeerRecords.IncomingOf(keys, numbers));
        peer.State = RtcConnectionState.Connected;
        peer._output.IsOpen = true;
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

    private KeptConnection? Write(RtcTime now, Func<NumberLine, NumberRecord> next, int transportAhead, int picturesAhead)
    {
        if (KeysNow() is not { } keys)
        {
            return null;
        }

        var (remote, pendingGeneration, pendingRemote) = _ice.Remotes;
        var (media, streams) = (Media!, _negotiation.Streams);
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

        _keysVersion = _negotiation.Version;
        return _keys = PeerRecords.Write(_options, _negotiation, srtp, guard, lastFlight);
    }
}
