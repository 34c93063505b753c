using Holdfast.Media;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>Says that a voice failed or was too slow, and that another one speaks in its place from here on.</summary>
internal sealed class VoiceFellBack(string voice, UtteranceFault fault) : AIContent
{
    /// <summary>The engine that should have spoken.</summary>
    public string Voice { get; } = voice;

    /// <summary>Why it did not.</summary>
    public UtteranceFault Fault { get; } = fault;
}
