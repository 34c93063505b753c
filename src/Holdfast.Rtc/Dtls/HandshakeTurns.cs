namespace Holdfast.Rtc.Dtls;

/// <summary>How many handshakes may compute at once.</summary>
internal sealed class HandshakeTurns(int count)
{
    // Never disposed: a handshake that is over may give back after its server has gone, and without a wait handle there is nothing to free.
    private readonly SemaphoreSlim _turns = new(count);

    /// <summary>Waits for a turn. Not to be called under a lock.</summary>
    public void Take() => _turns.Wait();

    /// <summary>Lets another one compute.</summary>
    public void GiveBack() => _turns.Release();
}
