using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>What all sessions with the same character share: how it moves when idle, the encoded loop of that, the means to draw it.</summary>
internal sealed class AvatarStage : IDisposable
{
    private const int FramesPerSecond = 25;
    private const int KeyFrameInterval = 50;

    private readonly RendererPool _renderers;
    private readonly Lazy<byte[]> _preview;
    private readonly Lazy<byte[]> _smallPreview;
    private volatile EncodedLoop? _loop;

    public AvatarStage(Character character, int size)
    {
        Description = new ShowDescription(character.Design.Name, character.DisplayName);
        Voice = character.Voice;
        Idle = new IdleMotion(character.Motion);
        Format = new VideoFormat(size, size, FramesPerSecond);
        _renderers = new RendererPool(character.Design, size);
        _preview = new Lazy<byte[]>(() => _renderers.DrawPng(Idle[0]));
        _smallPreview = new Lazy<byte[]>(() => _renderers.DrawWebP(Idle[0]));
    }

    public ShowDescription Description { get; }

    public string Name => Description.Name;

    /// <summary>The voice id it speaks with unless the settings say otherwise.</summary>
    public string Voice { get; }

    public IdleMotion Idle { get; }

    public VideoFormat Format { get; }

    /// <summary>The idle motion, encoded; null until <see cref="Prepare"/> has made it.</summary>
    public EncodedLoop? Loop => _loop;

    /// <summary>The first picture of the idle motion, as PNG.</summary>
    public ReadOnlyMemory<byte> Preview => _preview.Value;

    /// <summary>The same as WebP.</summary>
    public ReadOnlyMemory<byte> SmallPreview => _smallPreview.Value;

    public void Draw(in Pose pose, I420Picture picture) => _renderers.Draw(pose, picture);

    /// <summary>Draws and encodes the idle loop on the calling thread: some seconds.</summary>
    public void Prepare(int bitrate, CancellationToken cancellationToken) =>
        _loop ??= EncodedLoopBuilder.Build(Format, IdleMotion.Period, KeyFrameInterval, bitrate, Draw, cancellationToken);

    /// <summary>The same for narrow lines: some seconds more, for which nobody has to wait.</summary>
    public void PrepareThinner(int bitrate, CancellationToken cancellationToken)
    {
        if (_loop is { Thinner: null } loop)
        {
            EncodedLoopBuilder.AddThinner(loop, Format, bitrate, Draw, cancellationToken);
        }
    }

    private void Draw(long index, I420Picture picture) => Draw(Idle[index], picture);

    public void Dispose() => _renderers.Dispose();
}
