namespace Holdfast.Avatar;

/// <summary>An eye or a brow, at the right of the picture (1) or at the left (-1), in one form.</summary>
internal readonly record struct FormOfPart(bool IsBrow, int Side, EyesForm Form);

/// <summary>
/// The images that were drawn last of parts that come in many forms; of one character and size, for all that draw it, on any number of threads.
/// </summary>
internal sealed class PaintedForms
{
    /// <summary>So many are kept, and as many again of those before. In 512x512 both together are 10 MB at the most.</summary>
    public const int MostOfEach = 512;

    private readonly Lock _gate = new();
    private Dictionary<FormOfPart, PlanarImage> _recent = [];
    private Dictionary<FormOfPart, PlanarImage> _before = [];

    /// <summary>How many are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _recent.Count + _before.Count;
            }
        }
    }

    /// <summary>Null where it has to be painted.</summary>
    public PlanarImage? Find(in FormOfPart part)
    {
        lock (_gate)
        {
            if (_recent.TryGetValue(part, out var image))
            {
                return image;
            }

            if (_before.Remove(part, out image))
            {
                Add(part, image);
            }

            return image;
        }
    }

    /// <summary>It was painted; two may have done so at once.</summary>
    public void Keep(in FormOfPart part, PlanarImage image)
    {
        lock (_gate)
        {
            Add(part, image);
        }
    }

    private void Add(in FormOfPart part, PlanarImage image)
    {
        if (_recent.Count == MostOfEach)
        {
            (_before, _recent) = (_recent, []);
        }

        _recent[part] = image;
    }
}
