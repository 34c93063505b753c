using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// Hands the person's Opus packets on to what accompanies the session, and turns them back into sound for a show that listens, with the gaps filled
/// in. A show that does not listen costs no decoding.
/// </summary>
/// <remarks>Used by one thread at a time: the wire hands packets on in order.</remarks>
internal sealed class Microphone : IDisposable
{
    /// <summary>20 ms, which is what browsers send.</summary>
    private const int SamplesPerPacket = 960;

    /// <summary>What is longer is silence: nothing sensible can be made up for it.</summary>
    private const int MaxConcealed = 5;

    /// <summary>Silence that keeps the words on both sides of a gap apart lasts as long as what is missing, up to 1 s: nobody learns more from a longer one.</summary>
    private const int MaxSilence = 50;

    private readonly Session _session;
    private short[] _pcm = [];
    private OpusDecoder? _decoder;
    private long _received;
    private long _lost;
    private long _damaged;

    public Microphone(Session session) => _session = session;

    /// <summary>Whether anything arrived.</summary>
    public bool HasReceived => Volatile.Read(ref _received) > 0;

    /// <summary>What arrived so far, or null while nothing did.</summary>
    public MicrophoneSnapshot? Snapshot => Volatile.Read(ref _received) is > 0 and var received
        ? new MicrophoneSnapshot(received, Volatile.Read(ref _lost), Volatile.Read(ref _damaged))
        : null;

    /// <summary>Takes the next packet in order.</summary>
    /// <param name="opus">One Opus packet from a stranger, which may be anything.</param>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="lostBefore">How many packets are missing since the one before.</param>
    public void Receive(ReadOnlySpan<byte> opus, uint timestamp, int lostBefore)
    {
        Interlocked.Increment(ref _received);
        Interlocked.Add(ref _lost, lostBefore);
        _session.Companion?.OnMicrophone(new MicrophonePacket(opus, timestamp, lostBefore));
        if (!_session.Listens)
        {
            return;
        }

        if (_decoder is null)
        {
            _decoder = new OpusDecoder();
            _pcm = new short[OpusDecoder.MaxSamplesPerPacket];
        }

        FillIn(_decoder, opus, lostBefore);
        var samples = _decoder.Decode(opus, _pcm);
        if (samples == 0)
        {
            Interlocked.Increment(ref _damaged);
        }

        _session.Hear(_pcm.AsSpan(0, samples));
    }

    public void Dispose() => _decoder?.Dispose();

    /// <summary>
    /// The last missing packet has a coarse copy in the one that came (in-band FEC); those before it are made up, or silence where they are many. So the
    /// time of what is heard is the person's.
    /// </summary>
    private void FillIn(OpusDecoder decoder, ReadOnlySpan<byte> following, int missing)
    {
        var pcm = _pcm.AsSpan(0, SamplesPerPacket);
        if (missing > MaxConcealed)
        {
            pcm.Clear();
            for (var silent = Math.Min(missing - 1, MaxSilence); silent > 0; silent--)
            {
                _session.Hear(pcm);
            }

            missing = 1;
        }

        for (; missing > 0; missing--)
        {
            var samples = missing == 1 ? decoder.Recover(following, pcm) : decoder.Conceal(pcm);
            _session.Hear(pcm[..samples]);
        }
    }
}
