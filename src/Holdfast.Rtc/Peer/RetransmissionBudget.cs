namespace Holdfast.Rtc;

/// <summary>How much may be sent again: a share of what is sent at first, so that a lossy path is not drowned in repetitions.</summary>
internal sealed class RetransmissionBudget
{
    private const int Share = 2;
    private const int Minimum = 32 * 1200;
    private const int Maximum = 256 * 1200;

    private int _bytes = Minimum;

    /// <summary>Counts bytes sent for the first time; half of them may be sent again.</summary>
    public void OnSent(int bytes) => _bytes = Math.Min(Maximum, _bytes + bytes / Share);

    public bool TrySpend(int bytes)
    {
        if (bytes > _bytes)
        {
            return false;
        }

        _bytes -= bytes;
        return true;
    }
}
