using Holdfast.Media;

namespace Holdfast.Lab.Line;

/// <summary>What is watched over the line: a portrait that idles, and then speaks words of 0.4 s with short pauses between them.</summary>
internal sealed class LineShow(LineStage stage, long speaksFrom) : IShow
{
    /// <summary>Ticks of a word.</summary>
    public const int WordTicks = 20;

    /// <summary>Ticks from one word to the next.</summary>
    public const int WordInterval = 26;

    private long _tick = -1;
    private double _mouth;

    public VideoFormat VideoFormat => LineStage.Format;

    public EncodedLoop? IdleLoop => stage.Loop;

    public bool IsIdle => _tick < speaksFrom;

    public bool ReadAudio(Span<short> pcm)
    {
        _tick++;
        if (IsIdle)
        {
            return false;
        }

        _mouth = Open(_tick - speaksFrom) * (0.6 + 0.4 * Math.Sin(_tick * 0.9));
        stage.Sound(_tick - speaksFrom).CopyTo(pcm);
        return true;
    }

    public void Draw(long frameIndex, I420Picture picture) => stage.Portrait.Draw(frameIndex, _mouth, picture);

    public SayResult Say(Utterance utterance) => SayResult.NothingToSay;

    public int Interrupt() => 0;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>How far the mouth is open in the course of a word, 0 to 1.</summary>
    /// <param name="tick">Since the first word.</param>
    public static double Open(long tick) => tick % WordInterval is var place && place < WordTicks ? Math.Sin(Math.PI * place / WordTicks) : 0;
}

/// <summary>What all lines share: the portrait and its idle loop.</summary>
internal sealed class LineStage
{
    private const int LoopLength = 250;
    private const int KeyFrameInterval = 50;
    private const int LoopBitrate = 600_000;

    private readonly List<short[]> _sound = [];

    public LineStage()
    {
        Portrait = new LinePortrait(Format);
        Loop = EncodedLoopBuilder.Build(Format, LoopLength, KeyFrameInterval, LoopBitrate, Draw);
        EncodedLoopBuilder.AddThinner(Loop, Format, LoopBitrate, Draw);
    }

    public static VideoFormat Format => new(512, 512, 25);

    public LinePortrait Portrait { get; }

    /// <summary>The sound of 20 ms of speech.</summary>
    /// <param name="tick">Since the first word.</param>
    public short[] Sound(long tick)
    {
        while (_sound.Count <= tick)
        {
            _sound.Add(Buzz(_sound.Count));
        }

        return _sound[(int)tick];
    }

    // A buzz of 120 Hz through two moving resonances: what an encoder spends as much on as on a voice.
    private static short[] Buzz(long tick)
    {
        var pcm = new short[SoundFormat.SamplesPerFrame];
        for (var i = 0; i < pcm.Length; i++)
        {
            var t = ((tick * pcm.Length) + i) / (double)SoundFormat.SampleRate;
            var pitch = 120 + 15 * Math.Sin(t * 5);
            var buzz = 0.0;
            for (var harmonic = 1; harmonic <= 20; harmonic++)
            {
                var frequency = pitch * harmonic;
                var first = Math.Exp(-Math.Pow((frequency - 500 - 200 * Math.Sin(t * 7)) / 200, 2));
                var second = 0.6 * Math.Exp(-Math.Pow((frequency - 1_600 - 500 * Math.Sin(t * 4)) / 300, 2));
                buzz += (first + second + 0.05) * Math.Sin(2 * Math.PI * frequency * t);
            }

            pcm[i] = (short)(3_000 * LineShow.Open(tick) * buzz);
        }

        return pcm;
    }

    public EncodedLoop Loop { get; }

    private void Draw(long index, I420Picture picture) => Portrait.Draw(index, 0, picture);
}
