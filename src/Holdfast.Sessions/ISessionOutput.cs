using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// Takes what a session shows without being its viewer: a recording, a stream to elsewhere. It gets the same packets as the viewer, encoded once, and for as long
/// as the session lives, whether or not anybody is connected (<see cref="Session.TryAddOutput"/>).
/// </summary>
/// <remarks>
/// <see cref="IMediaSink.SendAudio"/> and <see cref="IMediaSink.SendVideo"/> are called from the pacing thread. One that throws is taken off and ended; its session goes on.
/// </remarks>
public interface ISessionOutput : IMediaSink
{
    /// <summary>Whether a picture that needs no other is wanted at the next chance; asked at every 20 ms.</summary>
    bool WantsKeyFrame { get; }

    /// <summary>Nothing more comes: the session is over, or given to another process, or this output failed. From any thread; must return at once.</summary>
    void OnEnded();
}
