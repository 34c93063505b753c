using System.Diagnostics.CodeAnalysis;
using System.Net;
using Holdfast.Rtc.Congestion;

namespace Holdfast.Rtc;

/// <summary>What is sent along the path of a peer: whether it may be, what is held back until there is a key frame, and when what waits goes on.</summary>
internal sealed class PeerOutput(
    PeerPath path, MediaStreams streams, BandwidthEstimator estimator, PeerCounters counters, PeerTimers timers, KeyFrameGate keyFrames)
{
    // What a packet has beside its payload, at the most; and the least payload of one that is not the last of its picture.
    private const int PacketOverhead = 64;
    private const int PacketPayload = 1024;
    private const int ReportLength = 256;

    private bool _isPictureHeldBack;

    /// <summary>What sends, once there are keys.</summary>
    public PeerMedia? Media { get; set; }

    /// <summary>Whether anything may be sent at all: connected, and nobody else's.</summary>
    public bool IsOpen { get; set; }

    /// <summary>What the line carries, and what waits for it.</summary>
    public RtcSendingState State => new(
        estimator.Estimate,
        estimator.Available,
        Media?.Sender.Backlog ?? TimeSpan.Zero,
        estimator.Queue,
        estimator.Loss,
        estimator.HasFeedback)
    {
        Sustained = estimator.Sustained,
        MostSoundBits = streams.MostSoundBits,
        SoundCopies = Media?.Sender.Sound.Repeats.Sent ?? 0,
        SoundFrames = Media?.Sender.Sound.FramesPerPacket ?? 1,
        RepeatsPictures = Media?.Sender.IsRepeatingPictures ?? false,
        UsesInBandFec = streams.UsesInBandFec,
    };

    /// <summary>Sends one Opus packet.</summary>
    public bool SendAudio(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> opus, ulong tag, bool mayWait)
    {
        if (!CanSend(now, opus.Length + PacketOverhead, 0, out var media, out var to) || !media.Sender.Sound.Send(now, captureTime, opus, tag, to, mayWait))
        {
            return false;
        }

        timers[PeerTimer.Pace] = RtcTime.Min(timers[PeerTimer.Pace], media.Sender.Sound.LeavesAt);
        media.Control.Expect(now);
        return true;
    }

    /// <summary>Sends one picture, spread over the time that the line takes for it.</summary>
    public bool SendVideo(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> picture, bool isKeyFrame, ulong tag)
    {
        // A picture that refers to one that was held back is of no use.
        if (_isPictureHeldBack && !isKeyFrame)
        {
            counters.Drops.Count(path.IsAcknowledged(now) ? DropReason.TooLate : DropReason.Unacknowledged);
            return false;
        }

        var length = picture.Length + ((picture.Length / PacketPayload) + 1) * PacketOverhead;
        if (!CanSend(now, length, PeerPath.ReservedForSound, out var media, out _)
            || !media.Sender.SendVideo(now, captureTime, picture, isKeyFrame, tag))
        {
            if (media is not null)
            {
                _isPictureHeldBack = true;
                if (path.IsAcknowledged(now))
                {
                    keyFrames.Need(now);
                }
            }

            return false;
        }

        if (isKeyFrame)
        {
            _isPictureHeldBack = false;
            keyFrames.OnKeyFrameSent();
        }

        Pump(now);
        media.Control.Expect(now);
        return true;
    }

    /// <summary>Sends what waits and the line has room for.</summary>
    public void Pump(RtcTime now)
    {
        if (Media is not { } media || !IsOpen || path.EndPoint is not { } to || !path.HasConsent(now))
        {
            timers[PeerTimer.Pace] = RtcTime.Never;
            return;
        }

        (timers[PeerTimer.Pace], var hasGivenUp) = media.Sender.Pump(now, to, path.IsAcknowledged(now));
        if (hasGivenUp)
        {
            _isPictureHeldBack = true;
            counters.Drops.Count(DropReason.TooLate);
            keyFrames.Need(now);
        }
    }

    /// <summary>The path is proven from now on: what was held back before is asked for.</summary>
    public void OnProven(RtcTime now)
    {
        if (_isPictureHeldBack)
        {
            keyFrames.Need(now);
        }
    }

    /// <summary>Whatever was sent to the old path may be lost, and the decoder waits.</summary>
    public void OnNewPath(RtcTime now)
    {
        if (Media is not null)
        {
            Media.Sender.OnNewPath();
            keyFrames.Need(now);
        }
    }

    /// <summary>Reports on what was sent.</summary>
    public void SendReports(RtcTime now)
    {
        if ((!CanSend(now, ReportLength, 0, out var media, out var to) || !media.Control.TrySendReports(now, to)) && Media is not null)
        {
            // Nothing has been sent for a while: what is held shall cost nothing.
            timers[PeerTimer.Report] = Media.Sender.Release(now);
        }
    }

    /// <summary>Tells what came of the microphone, and asks for what did not.</summary>
    public void SendReply(RtcTime now)
    {
        if (CanSend(now, ReportLength, 0, out var media, out var to) && media.Control.TrySendReply(now, to, counters.RoundTrip))
        {
            timers[PeerTimer.Reply] = media.NextReplyAt;
        }
    }

    /// <summary>Sends the sound that waits for more: from here there will be none.</summary>
    public void SendWaiting(RtcTime now)
    {
        if (Media is { } media && IsOpen && path.EndPoint is { } to && path.HasConsent(now))
        {
            media.Sender.Sound.SendWaiting(now, to);
        }
    }

    /// <summary>Says goodbye, as far as there is a path.</summary>
    public void SendGoodbye(RtcTime now)
    {
        SendWaiting(now);
        if (CanSend(now, ReportLength, 0, out var media, out var to))
        {
            media.Control.SendGoodbye(now, to);
        }
    }

    private bool CanSend(RtcTime now, int bytes, int reserve, [NotNullWhen(true)] out PeerMedia? media, [NotNullWhen(true)] out IPEndPoint? to)
    {
        (media, to) = (Media, path.EndPoint);
        if (!IsOpen || media is null || to is null)
        {
            return false;
        }

        if (!path.HasConsent(now))
        {
            counters.Drops.Count(DropReason.ConsentExpired);
            return false;
        }

        if (path.BeginsProof(now))
        {
            media.BeginProof();
        }

        if (!path.TrySpend(now, bytes, reserve))
        {
            counters.Drops.Count(DropReason.Unacknowledged);
            return false;
        }

        return true;
    }
}
