namespace Holdfast.Avatar;

/// <summary>Which utterances are actions, and which clip each of them is: also of those that are over, for they may be gone back to.</summary>
internal sealed class PlayedClips
{
    /// <summary>Far more than are made ahead and kept for going back.</summary>
    private const int Most = 64;

    private readonly Lock _gate = new();
    private readonly Queue<(string UtteranceId, Clip Clip)> _clips = new();
    private volatile bool _isEmpty = true;

    public void Add(string utteranceId, Clip clip)
    {
        lock (_gate)
        {
            if (_clips.Count == Most)
            {
                _clips.Dequeue();
            }

            _clips.Enqueue((utteranceId, clip));
            _isEmpty = false;
        }
    }

    /// <summary>The clip of an utterance; null where it is speech.</summary>
    public Clip? Find(string? utteranceId)
    {
        if (_isEmpty)
        {
            return null;
        }

        lock (_gate)
        {
            foreach (var (id, clip) in _clips)
            {
                if (string.Equals(id, utteranceId, StringComparison.Ordinal))
                {
                    return clip;
                }
            }
        }

        return null;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _clips.Clear();
            _isEmpty = true;
        }
    }
}
