namespace Holdfast.Sessions;

/// <summary>
/// The bitrate that the pictures of one connection may have, from what its feedback says of loss and from the
/// receiver's own limit.
/// </summary>
/// <remarks>
/// The loss-based half of Google congestion control (draft-ietf-rmcat-gcc-02 section 6): above 10 % loss it goes down by half the
/// loss, below 2 % it rises slowly, between them it stays. A drawn portrait needs little; what matters is to get out
/// of the way of the sound quickly.
/// </remarks>
internal sealed class VideoBitrate
{
    private const double HighLoss = 0.10;
    private const double LowLoss = 0.02;
    private const double Growth = 1.05;

    /// <summary>Enough packets that one lost packet is not 10 %.</summary>
    private const int PacketsForAnOpinion = 40;

    private readonly int _min;
    private readonly int _max;
    private double _target;
    private int _received;
    private int _lost;
    private int _receiverLimit = int.MaxValue;

    public VideoBitrate(int min, int max)
    {
        _min = min;
        _max = max;
        _target = max;
    }

    /// <summary>Bits a second.</summary>
    public int Current => Math.Clamp((int)Math.Min(_target, _receiverLimit), _min, _max);

    /// <summary>Takes in what a feedback message said of the packets it covers.</summary>
    public void OnFeedback(int received, int lost)
    {
        _received += received;
        _lost += lost;
        var total = _received + _lost;
        if (total < PacketsForAnOpinion)
        {
            return;
        }

        var loss = (double)_lost / total;
        (_received, _lost) = (0, 0);
        if (loss > HighLoss)
        {
            _target = Math.Max(_target * (1 - loss / 2), _min);
        }
        else if (loss < LowLoss)
        {
            _target = Math.Min(_target * Growth, _max);
        }
    }

    /// <summary>Takes in the receiver's own limit (REMB).</summary>
    public void OnReceiverLimit(long bitsPerSecond) => _receiverLimit = (int)Math.Clamp(bitsPerSecond, 0, int.MaxValue);
}
