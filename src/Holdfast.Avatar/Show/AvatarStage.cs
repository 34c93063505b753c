using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>What all sessions with the same character share: how it moves when idle, the encoded loop of that, the means to draw it.</summary>
internal sealed class AvatarStage : IDisposable
{
    private const int KeyFrameInterval = 50;
    private const int SampledPictures = 4;

    /// <summary>So far a head leans while it speaks, in degrees, but for moments.</summary>
    private const float MostLean = 2.6f;

    /// <summary>And no shoulder rises further, in sheet units.</summary>
    private const float MostLift = 2.5f;

    private readonly RendererPool[] _renderers;
    private readonly StageLoops _loops;
    private readonly Lazy<byte[]> _preview;
    private readonly Lazy<byte[]> _smallPreview;
    private readonly Lazy<byte[]> _thumbnail;
    private string? _loopName;
    private ActionLibrary? _actions;

    /// <param name="character">Who.</param>
    /// <param name="formats">The sizes, the smallest first.</param>
    /// <param name="larger">Makes the loops of larger sizes; null: nobody does.</param>
    public AvatarStage(Character character, IReadOnlyList<VideoFormat> formats, LargerLoops? larger = null)
    {
        Description = new ShowDescription(character.Design.Name, character.DisplayName);
        Voice = character.Voice;
        Idle = new IdleMotion(character.Motion);
        Formats = formats;
        _loops = new StageLoops(formats.Count, size => larger?.Want(this, size));
        _renderers = [.. formats.Select(format => new RendererPool(character.Design, format.Width))];
        _preview = new Lazy<byte[]>(() => _renderers[0].DrawPng(Idle[0]));
        _smallPreview = new Lazy<byte[]>(() => _renderers[0].DrawWebP(Idle[0]));
        _thumbnail = new Lazy<byte[]>(() => _renderers[0].DrawThumbnail(Idle[0]));
    }

    /// <summary>In one size.</summary>
    public AvatarStage(Character character, int size)
        : this(character, AvatarSizes.From(size, size))
    {
    }

    public ShowDescription Description { get; private set; }

    public string Name => Description.Name;

    /// <summary>The voice id it speaks with unless the settings say otherwise.</summary>
    public string Voice { get; }

    /// <summary>What it can do besides talking; null where nothing.</summary>
    public ActionLibrary? Actions
    {
        get => _actions;
        set
        {
            _actions = value;
            Description = Description with { Actions = [.. value?.Descriptions.Select(static action => new ShowAction(action.Name, action.AudioType)) ?? []] };
        }
    }

    public IdleMotion Idle { get; }

    /// <summary>The sizes in which it is drawn, the smallest first.</summary>
    public IReadOnlyList<VideoFormat> Formats { get; }

    /// <summary>The usual size.</summary>
    public VideoFormat Format => Formats[0];

    /// <summary>The idle motion, encoded in the usual size; null until <see cref="Prepare"/> has made it.</summary>
    public EncodedLoop? Loop => _loops[0];

    /// <summary>The same in one of the sizes; to ask for it is to want it.</summary>
    public EncodedLoop? LoopOf(VideoFormat format)
    {
        for (var size = 0; size < Formats.Count; size++)
        {
            if (Formats[size] == format)
            {
                return _loops.Ask(size);
            }
        }

        return null;
    }

    /// <summary>The first picture of the idle motion, as PNG.</summary>
    public ReadOnlyMemory<byte> Preview => _preview.Value;

    /// <summary>The same as WebP.</summary>
    public ReadOnlyMemory<byte> SmallPreview => _smallPreview.Value;

    /// <summary>The same, as large as a face in a list.</summary>
    public ReadOnlyMemory<byte> Thumbnail => _thumbnail.Value;

    /// <summary>Draws a pose in the size of the picture, which is one of <see cref="Formats"/>.</summary>
    public void Draw(in Pose pose, I420Picture picture) => RenderersOf(picture).Draw(pose, picture);

    /// <summary>Draws another face over a pose (<see cref="Portrait.Redraw"/>).</summary>
    public PictureArea Redraw(in Pose before, in Pose pose, I420Picture picture) => RenderersOf(picture).Redraw(before, pose, picture);

    private RendererPool RenderersOf(I420Picture picture)
    {
        foreach (var renderers in _renderers)
        {
            if (renderers.Size == picture.Width)
            {
                return renderers;
            }
        }

        throw new ArgumentException($"{Name} is not drawn in {picture.Width}x{picture.Height}.", nameof(picture));
    }

    /// <summary>Takes the idle loop from where it was kept, or draws and encodes it on the calling thread: some seconds.</summary>
    /// <returns>Whether it was drawn.</returns>
    public bool Prepare(int bitrate, LoopCache cache, CancellationToken cancellationToken)
    {
        _loopName = NameOfLoop(Format, bitrate);
        var (loop, isMade) = FindOrMake(_loopName, Format, bitrate, cache, Draw, cancellationToken);
        _loops[0] = loop;
        return isMade;
    }

    /// <summary>The same for narrow lines: some seconds more, for which nobody has to wait.</summary>
    public void PrepareThinner(int bitrate, LoopCache cache, CancellationToken cancellationToken)
    {
        if (Loop is { Thinner: null } loop)
        {
            EncodedLoopBuilder.AddThinner(loop, Format, bitrate, Draw, cancellationToken: cancellationToken);
            cache.Keep(_loopName!, loop);
        }
    }

    /// <summary>Paints what leans in the usual size: some tenths of a second, in which it rests for as long as it works. Nobody has to wait.</summary>
    public void PaintAhead(CancellationToken cancellationToken) =>
        PaintWhatLeans(new I420Picture(Format.Width, Format.Height), new Rest(cancellationToken));

    /// <summary>The same in larger sizes, up to one of them, each with the next smaller one for narrower lines. It rests for as long as it works.</summary>
    /// <returns>Whether any was drawn; null where all were there.</returns>
    public bool? PrepareLarger(int upTo, int bitrate, LoopCache cache, CancellationToken cancellationToken)
    {
        bool? anyMade = null;
        for (var size = 1; size <= upTo; size++)
        {
            if (_loops[size] is not null || _loops[size - 1] is not { } smaller)
            {
                continue;
            }

            var format = Formats[size];
            var rate = BitrateOf(format, bitrate);
            var name = NameOfLoop(format, rate);
            var rest = new Rest(cancellationToken);
            var (loop, isMade) = FindOrMake(name, format, rate, cache, DrawAndRest, cancellationToken);
            if (isMade)
            {
                cache.Keep(name, loop);
            }

            PaintWhatLeans(new I420Picture(format.Width, format.Height), rest);
            _loops[size] = loop.WithThinner(smaller);
            anyMade = isMade || anyMade is true;

            void DrawAndRest(long index, I420Picture picture)
            {
                rest.AsLongAsWorked();
                Draw(index, picture);
            }
        }

        return anyMade;
    }

    /// <summary>What is painted once for each angle of head and shoulders, now and not while somebody speaks: that takes longer than there is time for a picture.</summary>
    private void PaintWhatLeans(I420Picture picture, Rest rest)
    {
        for (var degrees = -MostLean; degrees <= MostLean; degrees += PortraitLayers.RollStep)
        {
            rest.AsLongAsWorked();
            Draw(Idle[0] with { Roll = degrees }, picture);
        }

        for (var lift = -MostLift; lift <= MostLift; lift += PortraitLayers.ShoulderStep)
        {
            rest.AsLongAsWorked();
            Draw(Idle[0] with { Shoulders = lift }, picture);
        }
    }

    /// <summary>What a loop of another size takes: more pixels, of which each is worth less.</summary>
    private int BitrateOf(VideoFormat format, int bitrate) => (int)(bitrate * Math.Pow((double)format.Width * format.Height / (Format.Width * Format.Height), 0.6));

    private static (EncodedLoop Loop, bool IsMade) FindOrMake(
        string name, VideoFormat format, int bitrate, LoopCache cache, Action<long, I420Picture> draw, CancellationToken cancellationToken) =>
        cache.Find(name) is { } kept
            ? (kept, false)
            : (EncodedLoopBuilder.Build(format, IdleMotion.Period, KeyFrameInterval, bitrate, draw, cancellationToken: cancellationToken), true);

    /// <summary>
    /// A name that changes with all that makes the loop: what encodes it, its size, rate and length, and what the drawing looks like. Some pictures stand
    /// for all of them; the code that moves them is named itself.
    /// </summary>
    private string NameOfLoop(VideoFormat format, int bitrate)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{EncodedLoopBuilder.Maker}|{typeof(AvatarStage).Module.ModuleVersionId}|{format}|{IdleMotion.Period}|{KeyFrameInterval}|{bitrate}")));
        var picture = new I420Picture(format.Width, format.Height);
        for (var i = 0; i < SampledPictures; i++)
        {
            Draw(i * IdleMotion.Period / SampledPictures, picture);
            hash.AppendData(picture.Data);
        }

        return $"{Name}-{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16))}";
    }

    private void Draw(long index, I420Picture picture) => Draw(Idle[index], picture);

    public void Dispose()
    {
        foreach (var renderers in _renderers)
        {
            renderers.Dispose();
        }
    }

    /// <summary>Lets a thread rest for as long as it worked since it last rested.</summary>
    private sealed class Rest(CancellationToken stopping)
    {
        private long? _since;

        public void AsLongAsWorked()
        {
            if (_since is { } since)
            {
                stopping.WaitHandle.WaitOne(TimeProvider.System.GetElapsedTime(since));
            }

            _since = TimeProvider.System.GetTimestamp();
        }
    }
}
