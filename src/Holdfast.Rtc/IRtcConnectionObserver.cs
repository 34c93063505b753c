namespace Holdfast.Rtc;

/// <summary>
/// Is told what happens on a connection: in order, one call at a time, never under a lock, from any thread of the endpoint. It
/// must return at once; it may call the connection.
/// </summary>
public interface IRtcConnectionObserver
{
    /// <summary>Something happened.</summary>
    void OnEvent(RtcConnection connection, RtcEvent rtcEvent);
}
