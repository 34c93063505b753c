using System.Net;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc;

/// <content>What is done with a datagram: told apart, checked for its source, handed on, or dropped and counted.</content>
internal sealed partial class RtcPeer
{
    /// <summary>Takes in a datagram, which is changed in place. Whatever it is, it does not throw.</summary>
    public void HandleDatagram(RtcTime now, IPEndPoint source, Span<byte> datagram)
    {
        _counters.DatagramsReceived++;
        _counters.BytesReceived += datagram.Length;
        if (HandleKind(now, source, datagram) is { } reason)
        {
            _counters.Drops.Count(reason);
        }

        AdvanceHandshake(now);
    }

    private DropReason? HandleKind(RtcTime now, IPEndPoint source, Span<byte> datagram)
    {
        if (State == RtcConnectionState.Closed)
        {
            return DropReason.Closed;
        }

        var kind = DatagramKinds.Of(datagram);
        if (kind == DatagramKind.Stun)
        {
            return HandleStun(now, source, datagram);
        }

        if (!_addresses.Contains(source))
        {
            return DropReason.UnknownSource;
        }

        return kind switch
        {
            DatagramKind.Dtls => HandleDtls(now, source, datagram),
            DatagramKind.Media => HandleMedia(now, datagram),
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
            case IceVerdict.Checked:
            case IceVerdict.PathChanged:
                _addresses.Add(source);
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

    private DropReason? HandleDtls(RtcTime now, IPEndPoint source, ReadOnlySpan<byte> datagram)
    {
        var path = Path;
        _handshakeSource = _media is null ? source : _handshakeSource;
        OnPathChanged(now, path, Generation);
        return _dtls.HandleDatagram(now, datagram);
    }

    private DropReason? HandleMedia(RtcTime now, Span<byte> datagram)
    {
        if (_media is null)
        {
            return DropReason.TooEarly;
        }

        var dropped = _media.Handle(now, datagram, _liveness.HasConsent(now) ? Path : null, out var isAuthentic);
        if (isAuthentic)
        {
            _liveness.OnAuthenticated(now);
            _media.Control.Expect(now);
        }

        return dropped;
    }
}
