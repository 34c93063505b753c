using Holdfast.Media;

namespace Holdfast.Sessions;

public sealed partial class Session
{
    private int _outputs;

    /// <summary>Whether it began without a viewer: it then goes on for its outputs whoever is connected.</summary>
    public bool IsUnattended => _facts.Terms.IsUnattended;

    /// <summary>Whether it is kept until somebody ends it.</summary>
    public bool StaysAlive => _facts.Terms.Attendance == Attendance.None;

    /// <summary>How many outputs take what it shows.</summary>
    public int Outputs => Volatile.Read(ref _outputs);

    /// <summary>Size and rate of its pictures; null before there is anything to see.</summary>
    public VideoFormat? VideoFormat => CurrentPerformance()?.VideoFormat;

    /// <summary>Whether what is said goes on where an output hears it and no viewer does: nobody in particular is waited for.</summary>
    internal bool SpeaksToOutputs => IsUnattended || GapPolicy == GapPolicy.Finish;

    /// <summary>
    /// From now on an output takes what the session shows, beginning with a picture that needs no other. While nobody is connected, a session that began without a viewer
    /// speaks to its outputs; any other one is seen waiting in silence. Outputs keep only the former alive.
    /// </summary>
    /// <returns>False where there is nothing to take: before the first connection, and after the end.</returns>
    public bool TryAddOutput(ISessionOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!HasShowWithoutViewer())
        {
            return false;
        }

        lock (_gate)
        {
            if (_performance is null || _facts.IsPutAside || _facts.IsOver)
            {
                return false;
            }

            _performance.Watch(output);
        }

        return true;
    }

    /// <summary>Takes an output off, and ends it; nothing happens where it is not there.</summary>
    public void RemoveOutput(ISessionOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        CurrentPerformance()?.Unwatch(output);
    }

    /// <summary>How many outputs its performance has; told by the performance.</summary>
    internal void OnOutputs(int count) => Volatile.Write(ref _outputs, count);

    /// <summary>An output threw and was taken off.</summary>
    internal void OnOutputFailed(Exception exception) => LogOutputFailed(_services.Logger, Id, exception);
}
