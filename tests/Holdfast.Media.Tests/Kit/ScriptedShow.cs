namespace Holdfast.Media.Tests;

/// <summary>A drawn head that speaks when the test says so, with the idle loop that belongs to it.</summary>
internal sealed class ScriptedShow(VideoFormat format, EncodedLoop? loop) : IShow
{
    private readonly DrawnPortrait _portrait = new(format, loop?.Count ?? 100);
    private int _sample;

    /// <summary>Whether it speaks now.</summary>
    internal bool IsSpeaking { get; set; }

    /// <summary>How many pictures it was asked to draw.</summary>
    internal int Drawn { get; private set; }

    /// <summary>The place of the picture that it drew last.</summary>
    internal long LastDrawn { get; private set; }

    public VideoFormat VideoFormat => format;

    public EncodedLoop? IdleLoop { get; set; } = loop;

    public bool IsIdle => IdleLoop is not null && !IsSpeaking;

    public bool ReadAudio(Span<short> pcm)
    {
        for (var i = 0; IsSpeaking && i < pcm.Length; i++)
        {
            pcm[i] = (short)(9000 * Math.Sin(2 * Math.PI * 300 * _sample++ / SoundFormat.SampleRate));
        }

        return IsSpeaking;
    }

    public void Draw(long frameIndex, I420Picture picture)
    {
        Drawn++;
        LastDrawn = frameIndex;
        DrawAs(frameIndex, IsSpeaking, picture);
    }

    /// <summary>What is to be seen at a place.</summary>
    internal void DrawAs(long frameIndex, bool speaking, I420Picture picture) =>
        _portrait.Draw(frameIndex, speaking ? 0.5 + 0.5 * Math.Sin(frameIndex) : 0, picture);

    public SayResult Say(Utterance utterance) => SayResult.NothingToSay;

    public int Interrupt() => 0;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
