using System.Net;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc;

/// <content>What is done with a datagram: told apart, checked for its source, handed on, or dropped and counted.</content>
internal sealed partial class RtcPeer
{
    /// <summary>Takes in a datagram, which is changed in place where it is the client's. Whatever it is, it does not throw.</summary>
    /// <returns>
    /// Whether it is the client's, dropped or not. If not, it is left as it was, and may be another connection's that shares the address.
    /// </returns>
    public bool HandleDatagram(RtcTime now, IPEndPoint source, Span<byte> datagram)
    {
        _counters.DatagramsReceived++;
        _counters.BytesReceived += datagram.Length;
        if (HandleKind(now, source, datagram, out var isOurs) is { } reason)
        {
            _counters.Drops.Count(reason);
        }

        AdvanceHandshake(now);
        return isOurs;
    }

    private DropReason? HandleKind(RtcTime now, IPEndPoint source, Span<byte> datagram, out bool isOurs)
    {
        isOurs = false;
        if (State == RtcConnectionState.Closed || _isGivenAway)
        {
            return DropReason.Closed;
        }

        var kind = DatagramKinds.Of(datagram);
        if (kind == DatagramKind.Stun)
        {
            isOurs = true;
            return HandleStun(now, source, datagram);
        }

        if (Addresses.Find(source) is not { } address)
        {
            return DropReason.UnknownSource;
        }

        return kind switch
        {
            DatagramKind.Dtls => HandleDtls(now, address, datagram, out isOurs),
            DatagramKind.Media => HandleMedia(now, address, datagram, out isOurs),
            DatagramKind.Stun or DatagramKind.Unknown => DropReason.NotOurs,
        };
    }

    private DropReason? HandleStun(RtcTime now, IPEndPoint source, ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out var message))
        {
            return DropReason.Malformed;
        }

        var (path, generation) = (Path, Generation);
        var verdict = _ice.HandleBinding(now, message, source, _transmit.Begin()[..IceLiteAgent.MaxResponseLength], out var length);
        if (length > 0)
        {
            _transmit.Commit(length, source);
        }

        switch (verdict)
        {
            case IceVerdict.Ignored:
                return DropReason.NotOurs;
            case IceVerdict.Rejected:
                return DropReason.NotAuthentic;
            case IceVerdict.Replayed:
                return DropReason.Replayed;
            case IceVerdict.Repeated:
                return null;
            case IceVerdict.Checked:
            case IceVerdict.PathChanged:
                _path.OnChecked(now, source, datagram.Length);
                _liveness.OnAuthenticated(now);
                if (State == RtcConnectionState.Negotiating)
                {
                    TransitionTo(now, RtcConnectionState.Connecting, RtcReason.ClientReached);
                }

                OnPathChanged(now, path, generation);
                return null;
        }

        return null;
    }

    private DropReason? HandleDtls(RtcTime now, ValidatedAddress source, ReadOnlySpan<byte> datagram, out bool isOurs)
    {
        isOurs = true;
        if (Media is null)
        {
            var path = Path;
            _path.OnHandshake(now, source, datagram.Length);
            OnPathChanged(now, path, Generation);
        }

        var dropped = _dtls.HandleDatagram(now, datagram);
        isOurs = dropped is null or DropReason.TooMany;
        return dropped;
    }

    private DropReason? HandleMedia(RtcTime now, ValidatedAddress source, Span<byte> datagram, out bool isAuthentic)
    {
        isAuthentic = false;
        if (Media is not { } media)
        {
            return DropReason.TooEarly;
        }

        // Nothing is sent again to who has not proved to be there: anybody may ask for it in anybody's name.
        var to = _path.HasConsent(now) && _path.IsAcknowledged(now) && !_isGivenAway ? Path : null;
        var acknowledged = media.AcknowledgedBytes;
        var dropped = media.Handle(now, datagram, to, out isAuthentic);
        if (isAuthentic)
        {
            var path = Path;
            _liveness.OnAuthenticated(now);
            _path.OnAuthenticated(now, source, datagram.Length);
            if (_path.IsAt(source))
            {
                OnAcknowledged(now, media, media.AcknowledgedBytes - acknowledged);
            }

            OnPathChanged(now, path, Generation);
            _output.Pump(now);
            media.Control.Expect(now);
            _timers[PeerTimer.Reply] = media.NextReplyAt;
        }

        return dropped;
    }

    /// <summary>Something came along the path, which may prove that what goes along it arrives.</summary>
    private void OnAcknowledged(RtcTime now, PeerMedia media, long bytes)
    {
        var wasKnown = _path.IsAcknowledged(now);
        if (wasKnown ? bytes == 0 : !media.IsProven)
        {
            return;
        }

        _path.OnAcknowledged(now, bytes);
        if (!wasKnown)
        {
            media.EndProof();
            _output.OnProven(now);
        }
    }
}
