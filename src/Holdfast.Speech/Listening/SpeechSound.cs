namespace Holdfast.Speech;

/// <summary>
/// What a person says, as far as it has come: 16 kHz mono, up to a bound, in the order of their own time. What was sent and did not arrive is a hole: some
/// silence keeps the words on its sides apart, until somebody has what belongs there. Not thread-safe.
/// </summary>
/// <param name="longest">In samples; what comes after it is left out.</param>
internal sealed class SpeechSound(int longest)
{
    /// <summary>Silence that stands for a hole at the most, in samples: a recogniser needs no more.</summary>
    private const int LongestSilence = HearingFormat.SampleRate;

    /// <summary>Silence that stands for a hole of which nobody knows how long it is: 300 ms.</summary>
    private const int UnknownSilence = HearingFormat.SampleRate * 3 / 10;

    /// <summary>More holes than this are a line on which nobody can be understood: further ones are silence for good.</summary>
    private const int MaxHoles = 64;

    private static readonly short[] Silence = new short[LongestSilence];

    private readonly List<Hole> _holes = [];
    private short[] _samples = [];
    private int _lastHole;

    public int Length { get; private set; }

    public bool IsFull => Length >= longest;

    public ReadOnlySpan<short> Span => _samples.AsSpan(0, Length);

    public ReadOnlyMemory<short> Memory => _samples.AsMemory(0, Length);

    /// <summary>What did not arrive, in order.</summary>
    public IReadOnlyList<Hole> Holes => _holes;

    /// <summary>Adds what comes next in the sender's time.</summary>
    public void Append(ReadOnlySpan<short> samples)
    {
        if (_holes is [.., { IsOpen: true }])
        {
            // Nothing is missing before it.
            _holes.RemoveAt(_holes.Count - 1);
        }

        Write(samples);
    }

    /// <summary>From here on something may be missing: what comes next tells.</summary>
    public void Open()
    {
        if (_holes is not [.., { IsOpen: true }])
        {
            _holes.Add(new Hole(++_lastHole, Length, Silence: 0, Samples: null, IsOpen: true));
        }
    }

    /// <summary>Something is missing here.</summary>
    /// <param name="samples">How long it is; null where nobody knows.</param>
    public void Miss(int? samples)
    {
        var id = _holes is [.., { IsOpen: true } open] ? open.Id : 0;
        if (id > 0)
        {
            _holes.RemoveAt(_holes.Count - 1);
        }

        var silence = Math.Min(Math.Min(samples ?? UnknownSilence, LongestSilence), longest - Length);
        if (_holes.Count < MaxHoles)
        {
            _holes.Add(new Hole(id > 0 ? id : ++_lastHole, Length, silence, samples, IsOpen: false));
        }

        Write(Silence.AsSpan(0, silence));
    }

    /// <summary>What was missing came from elsewhere.</summary>
    /// <param name="id">Which hole's.</param>
    /// <param name="sound">It; nothing where all arrived.</param>
    /// <returns>Where in this sound it is and by how much all behind it moved; null where that hole is none any more.</returns>
    public (int Start, int Moved)? Fill(int id, ReadOnlySpan<short> sound)
    {
        if (_holes.FindIndex(hole => hole.Id == id) is not (>= 0 and var index))
        {
            return null;
        }

        var hole = _holes[index];
        var behind = Span[(hole.Start + hole.Silence)..].ToArray();
        _holes.RemoveAt(index);
        Length = hole.Start;
        Write(sound);
        var moved = Length - hole.Start - hole.Silence;
        Write(behind);
        for (var i = index; i < _holes.Count; i++)
        {
            _holes[i] = _holes[i] with { Start = Math.Min(_holes[i].Start + moved, Length) };
        }

        return (hole.Start, moved);
    }

    /// <summary>Something belongs before all that there is.</summary>
    public void Precede(ReadOnlySpan<short> sound)
    {
        var behind = Span.ToArray();
        Length = 0;
        Write(sound);
        var moved = Length;
        Write(behind);
        for (var i = 0; i < _holes.Count; i++)
        {
            _holes[i] = _holes[i] with { Start = Math.Min(_holes[i].Start + moved, Length) };
        }
    }

    /// <summary>How much of what comes after a place is silence that stands for what is missing.</summary>
    public int MissingAfter(int start)
    {
        var missing = 0;
        foreach (var hole in _holes)
        {
            missing += hole.Start >= start ? hole.Silence : 0;
        }

        return missing;
    }

    private void Write(ReadOnlySpan<short> samples)
    {
        samples = samples[..Math.Min(samples.Length, longest - Length)];
        if (Length + samples.Length > _samples.Length)
        {
            Array.Resize(ref _samples, Math.Min(longest, Math.Max(Length + samples.Length, Math.Max(16_384, _samples.Length * 2))));
        }

        samples.CopyTo(_samples.AsSpan(Length));
        Length += samples.Length;
    }
}

/// <summary>A place where something was sent and did not arrive.</summary>
/// <param name="Id">Its name, as long as it is there.</param>
/// <param name="Start">Where it is, in samples.</param>
/// <param name="Silence">How much silence stands for it there.</param>
/// <param name="Samples">How long it is in the sender's time; null where nobody knows.</param>
/// <param name="IsOpen">Whether nothing has come since, so that it may turn out to be none.</param>
internal readonly record struct Hole(int Id, int Start, int Silence, int? Samples, bool IsOpen);
