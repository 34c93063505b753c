using System.Diagnostics.CodeAnalysis;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc.Keeping;

/// <summary>What the parts of a connection become in its records, and are made of from them.</summary>
internal static class PeerRecords
{
    /// <summary>Reads both, where they are any.</summary>
    public static bool TryRead(KeptConnection kept, [NotNullWhen(true)] out PeerKeysRecord? keys, [NotNullWhen(true)] out PeerNumbersRecord? numbers)
    {
        numbers = null;
        return PeerRecordFormat.TryRead(kept.Keys.Span, out keys) && PeerRecordFormat.TryRead(kept.Numbers.Span, out numbers);
    }

    /// <summary>The codec of pictures that was agreed on, of those there are; null: there is no such one any more.</summary>
    public static PayloadFormat? FormatOf(PeerKeysRecord keys, IReadOnlyList<PayloadFormat> formats) =>
        formats.FirstOrDefault(format => string.Equals(format.Name, keys.Codec ?? PayloadFormat.Vp8.Name, StringComparison.Ordinal));

    /// <summary>Where the streams go on.</summary>
    public static StreamsStart StartOf(PeerKeysRecord keys, PeerNumbersRecord numbers, PayloadFormat format, RtcTime now)
    {
        // Where the clock was set back meanwhile, time still goes on for the receiver.
        var behind = numbers.At > now.Microseconds ? new RtcTime(numbers.At) - now : TimeSpan.Zero;
        return new StreamsStart(
            new StreamStart(new NumberLine(numbers.Sound), Later(keys.SoundTimestampOffset, behind, 48_000), numbers.SoundPackets, numbers.SoundOctets),
            new StreamStart(
                new NumberLine(numbers.Pictures),
                Later(keys.PicturesTimestampOffset, behind, format.ClockRate),
                numbers.PicturePackets,
                numbers.PictureOctets),
            new NumberLine(numbers.Repeats),
            new NumberLine(numbers.Control, isInPacket: true),
            numbers.Transport,
            numbers.PictureId);
    }

    /// <summary>The keys of both directions.</summary>
    public static SrtpKeys KeysOf(PeerKeysRecord keys) => new(keys.Profile, keys.ClientKey, keys.ClientSalt, keys.ServerKey, keys.ServerSalt);

    /// <summary>What protects what is sent, going on where the numbers go on.</summary>
    public static SrtpContext OutgoingOf(PeerKeysRecord keys, PeerNumbersRecord numbers)
    {
        SrtpStreamState[] sent =
        [
            new(keys.FirstSsrc, numbers.Sound.Next - 1, -1),
            new(keys.FirstSsrc + 1, numbers.Pictures.Next - 1, -1),
            new(keys.FirstSsrc + 2, numbers.Repeats.Next - 1, -1),
        ];
        return new SrtpContext(new SrtpContextState(keys.Profile, keys.ServerKey, keys.ServerSalt, (uint)numbers.Control.Next, sent));
    }

    /// <summary>What opens what is received.</summary>
    public static SrtpContext IncomingOf(PeerKeysRecord keys, PeerNumbersRecord numbers) =>
        new(new SrtpContextState(keys.Profile, keys.ClientKey, keys.ClientSalt, 0, numbers.Received));

    /// <summary>What stays as it is for as long as nothing is negotiated anew.</summary>
    public static byte[] Write(RtcPeerOptions options, PeerNegotiation negotiation, SrtpKeys srtp, GuardRecord guard, IReadOnlyList<byte[]> lastFlight)
    {
        var (answered, start) = (negotiation.Answered, negotiation.Streams.Start);
        return PeerRecordFormat.Write(new PeerKeysRecord
        {
            Version = PeerKeysRecord.CurrentVersion,
            Tag = options.Tag,
            IceSecret = options.IceSecret.ToArray(),
            StreamId = answered.StreamId,
            Offers = [.. negotiation.Offers],
            AnsweredGeneration = negotiation.AnsweredGeneration,
            Candidates = [.. answered.Candidates.Select(static candidate => candidate.ToString())],
            Codec = negotiation.Streams.Format?.Name,
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

    private static uint Later(uint offset, TimeSpan by, int clockRate) => unchecked(offset + (uint)(long)Math.Ceiling(by.TotalSeconds * clockRate));
}
