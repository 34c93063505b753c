using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Lab.Converse;

/// <summary>When a peer hears a voice and when it hears none, packet by packet as they arrive.</summary>
internal sealed class SoundWatch : IDisposable
{
    /// <summary>Mean power of 20 ms above which they count as heard: about -40 dB of full scale.</summary>
    private const double Loud = 1e-4 * short.MaxValue * short.MaxValue;

    private readonly PeerLine _line;
    private readonly OpusDecoder _decoder = new();
    private readonly short[] _pcm = new short[OpusDecoder.MaxSamplesPerPacket];
    private readonly List<RtcTime> _loud = [];

    public SoundWatch(PeerLine line)
    {
        _line = line;
        line.With((peer, _) => peer.Media!.Audio.OnSound = Hear);
    }

    /// <summary>Waits for the first sound after an instant; null where none comes within the limit.</summary>
    public async Task<RtcTime?> FirstAfterAsync(RtcTime instant, TimeSpan limit, CancellationToken cancellationToken)
    {
        RtcTime? first = null;
        await _line.WaitAsync(
            (_, _) =>
            {
                var index = _loud.FindIndex(at => at > instant);
                first = index < 0 ? null : _loud[index];
                return first is not null;
            },
            limit,
            cancellationToken);
        return first;
    }

    /// <summary>Waits until nothing was heard for so long; the last that was.</summary>
    public async Task<RtcTime?> LastBeforeSilenceAsync(TimeSpan silence, TimeSpan limit, CancellationToken cancellationToken)
    {
        RtcTime? last = null;
        var isSilent = await _line.WaitAsync(
            (_, now) =>
            {
                last = _loud.Count == 0 ? null : _loud[^1];
                return last is { } at && now - at > silence;
            },
            limit,
            cancellationToken);
        return isSilent ? last : null;
    }

    public void Dispose()
    {
        _line.With((peer, _) =>
        {
            if (peer.Media is { } media)
            {
                media.Audio.OnSound = null;
            }
        });
        _decoder.Dispose();
    }

    private void Hear(RtcTime now, uint timestamp, ReadOnlySpan<byte> opus)
    {
        var pcm = _pcm.AsSpan(0, _decoder.Decode(opus, _pcm));
        var power = 0.0;
        foreach (var sample in pcm)
        {
            power += (double)sample * sample;
        }

        if (pcm.Length > 0 && power / pcm.Length > Loud)
        {
            _loud.Add(now);
        }
    }
}
