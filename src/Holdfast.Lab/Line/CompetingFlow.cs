using Holdfast.Rtc;

namespace Holdfast.Lab.Line;

/// <summary>
/// A download that shares the line: a window of packets that grows by one a round trip and is halved where one was lost (the additive increase
/// and multiplicative decrease of RFC 5681, with its slow start). It has always something to send.
/// </summary>
internal sealed class CompetingFlow(TimeSpan delay)
{
    /// <summary>Bytes of a packet beyond IP and UDP headers.</summary>
    public const int PacketLength = 1_472;

    private double _window = 10;
    private double _threshold = double.MaxValue;
    private int _inFlight;
    private RtcTime _recoversUntil;

    /// <summary>Whether its window has room for a packet.</summary>
    public bool CanSend => _inFlight < (int)_window;

    /// <summary>Packets that arrived.</summary>
    public long Arrived { get; private set; }

    public void OnSent() => _inFlight++;

    /// <summary>A packet arrived, and its acknowledgement came back.</summary>
    public void OnAcknowledged()
    {
        Arrived++;
        _inFlight--;
        _window += _window < _threshold ? 1 : 1 / _window;
    }

    /// <summary>A packet was dropped, which is known a round trip later.</summary>
    public void OnLost(RtcTime now)
    {
        _inFlight--;
        if (now >= _recoversUntil)
        {
            _threshold = _window = Math.Max(2, _window / 2);
            _recoversUntil = now + (delay * 2);
        }
    }
}
