using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Load;

/// <summary>Who is there, and what has come of all who are and were. Many come and go at a time.</summary>
internal sealed class LoadCrowd
{
    private readonly Lock _gate = new();
    private readonly List<LabSession> _present = [];
    private MediaTotals _gone = MediaTotals.None;
    private int _heartbeatsMissed;

    /// <summary>Signs of life that the server did not answer, of all together.</summary>
    public int HeartbeatsMissed
    {
        get
        {
            lock (_gate)
            {
                return _present.Aggregate(_heartbeatsMissed, (sum, session) => sum + session.HeartbeatsMissed);
            }
        }
    }

    /// <summary>What arrived so far, at all together.</summary>
    public MediaTotals Totals()
    {
        lock (_gate)
        {
            return _present.Aggregate(_gone, (sum, session) => sum + session.Totals());
        }
    }

    public void Enter(LabSession session)
    {
        lock (_gate)
        {
            _present.Add(session);
        }
    }

    public void Leave(LabSession session)
    {
        lock (_gate)
        {
            _present.Remove(session);
            _gone += session.Totals();
            _heartbeatsMissed += session.HeartbeatsMissed;
        }
    }
}
