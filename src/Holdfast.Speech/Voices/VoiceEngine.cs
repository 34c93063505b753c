using Holdfast.Media;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>One way of turning text into speech, with a name of its own and the voices it has.</summary>
internal sealed class VoiceEngine
{
    private long _outUntil = long.MinValue;

    /// <param name="name">Its name: what stands before the slash in the ids of its voices.</param>
    /// <param name="client">What speaks.</param>
    /// <param name="voices">What it is known to have; others may be asked for as well.</param>
    public VoiceEngine(string name, ITextToSpeechClient client, IReadOnlyList<VoiceDescription> voices)
    {
        Name = name;
        Client = client;
        Voices = voices;
    }

    public string Name { get; }

    public ITextToSpeechClient Client { get; }

    public IReadOnlyList<VoiceDescription> Voices { get; }

    /// <summary>Whether it may fail or be slow, so that it is waited for only so long; what is in the house may not.</summary>
    public bool IsBounded { get; init; }

    /// <summary>Whether it can speak a part in a script; where it cannot, the house's own voice does.</summary>
    public Func<Script, bool> Speaks { get; init; } = _ => true;

    /// <summary>Whether it takes a sentence as it is, whatever scripts are in it; else it gets each script by itself.</summary>
    public bool TakesAllScripts { get; init; }

    /// <summary>Whether it has a voice, by what stands after the slash. Who cannot tell is asked for anything.</summary>
    public Func<string, bool> Has { get; init; } = _ => true;

    /// <summary>Whether it failed so lately that it is not asked.</summary>
    public bool IsOut(TimeProvider time) => time.GetTimestamp() < Volatile.Read(ref _outUntil);

    /// <summary>It failed: it is not asked again before some time has passed.</summary>
    public void TakeOut(TimeProvider time, TimeSpan howLong) =>
        Volatile.Write(ref _outUntil, time.GetTimestamp() + (long)(howLong.TotalSeconds * time.TimestampFrequency));
}
