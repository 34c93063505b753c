using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What the sessions of a pacing loop send in one tick leaves together, along the wire.</summary>
internal sealed class WireOutput(RtcEndpoint endpoint) : IPacedOutput
{
    public void Begin() => endpoint.BeginSending();

    public void Continue() => endpoint.ContinueSending();

    public void End() => endpoint.EndSending();
}
