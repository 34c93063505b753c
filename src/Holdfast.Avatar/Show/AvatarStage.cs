using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>What all sessions with the same character share: how it moves when idle, the encoded loop of that, the means to draw it.</summary>
internal sealed class AvatarStage : IDisposable
{
    private const int FramesPerSecond = 25;
    private const int KeyFrameInterval = 50;
    private const int SampledPictures = 4;

    private readonly RendererPool _renderers;
    private readonly Lazy<byte[]> _preview;
    private readonly Lazy<byte[]> _smallPreview;
    private readonly Lazy<byte[]> _thumbnail;
    private volatile EncodedLoop? _loop;
    private string? _loopName;
    private ActionLibrary? _actions;

    public AvatarStage(Character character, int size)
    {
        Description = new ShowDescription(character.Design.Name, character.DisplayName);
        Voice = character.Voice;
        Idle = new IdleMotion(character.Motion);
        Format = new VideoFormat(size, size, FramesPerSecond);
        _renderers = new RendererPool(character.Design, size);
        _preview = new Lazy<byte[]>(() => _renderers.DrawPng(Idle[0]));
        _smallPreview = new Lazy<byte[]>(() => _renderers.DrawWebP(Idle[0]));
        _thumbnail = new Lazy<byte[]>(() => _renderers.DrawThumbnail(Idle[0]));
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

    public VideoFormat Format { get; }

    /// <summary>The idle motion, encoded; null until <see cref="Prepare"/> has made it.</summary>
    public EncodedLoop? Loop => _loop;

    /// <summary>The first picture of the idle motion, as PNG.</summary>
    public ReadOnlyMemory<byte> Preview => _preview.Value;

    /// <summary>The same as WebP.</summary>
    public ReadOnlyMemory<byte> SmallPreview => _smallPreview.Value;

    /// <summary>The same, as large as a face in a list.</summary>
    public ReadOnlyMemory<byte> Thumbnail => _thumbnail.Value;

    public void Draw(in Pose pose, I420Picture picture) => _renderers.Draw(pose, picture);

    /// <summary>Takes the idle loop from where it was kept, or draws and encodes it on the calling thread: some seconds.</summary>
    /// <returns>Whether it was drawn.</returns>
    public bool Prepare(int bitrate, LoopCache cache, CancellationToken cancellationToken)
    {
        _loopName = NameOfLoop(bitrate);
        if (cache.Find(_loopName) is { } kept)
        {
            _loop = kept;
            return false;
        }

        _loop = EncodedLoopBuilder.Build(Format, IdleMotion.Period, KeyFrameInterval, bitrate, Draw, cancellationToken: cancellationToken);
        return true;
    }

    /// <summary>The same for narrow lines: some seconds more, for which nobody has to wait.</summary>
    public void PrepareThinner(int bitrate, LoopCache cache, CancellationToken cancellationToken)
    {
        if (_loop is { Thinner: null } loop)
        {
            EncodedLoopBuilder.AddThinner(loop, Format, bitrate, Draw, cancellationToken: cancellationToken);
            cache.Keep(_loopName!, loop);
        }
    }

    /// <summary>
    /// A name that changes with all that makes the loop: what encodes it, its size, rate and length, and what the drawing looks like. Some pictures stand
    /// for all of them; the code that moves them is named itself.
    /// </summary>
    private string NameOfLoop(int bitrate)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{EncodedLoopBuilder.Maker}|{typeof(AvatarStage).Module.ModuleVersionId}|{Format}|{IdleMotion.Period}|{KeyFrameInterval}|{bitrate}")));
        var picture = new I420Picture(Format.Width, Format.Height);
        for (var i = 0; i < SampledPictures; i++)
        {
            Draw(i * IdleMotion.Period / SampledPictures, picture);
            hash.AppendData(picture.Data);
        }

        return $"{Name}-{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16))}";
    }

    private void Draw(long index, I420Picture picture) => Draw(Idle[index], picture);

    public void Dispose() => _renderers.Dispose();
}
