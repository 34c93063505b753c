using Holdfast.Media;

namespace Holdfast.Lab.Peer;

/// <summary>Somebody at a peer's microphone: a real Opus encoder, 20 ms at a time, as a browser sends it, and silence while nothing is said.</summary>
internal sealed class PeerMicrophone : IAsyncDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private readonly PeerLine _line;
    private readonly TimeProvider _time;
    private readonly OpusEncoder _encoder = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly short[] _frame = new short[SoundFormat.SamplesPerFrame];
    private readonly Task _sending;
    private ReadOnlyMemory<short> _saying;
    private TaskCompletionSource? _said;
    private uint _timestamp = 960;

    public PeerMicrophone(PeerLine line, TimeProvider time)
    {
        (_line, _time) = (line, time);
        _sending = SendAsync();
    }

    /// <summary>Says something from now on; completes when the last of it was sent.</summary>
    /// <param name="sound">48 kHz mono.</param>
    public Task SayAsync(ReadOnlyMemory<short> sound)
    {
        lock (_gate)
        {
            _said?.TrySetResult();
            _said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _saying = sound;
            return _said.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        _encoder.Dispose();
        _stopping.Dispose();
    }

    private async Task SendAsync()
    {
        var began = _time.GetTimestamp();
        using var timer = new PeriodicTimer(Frame / 2, _time);
        try
        {
            for (var sent = 0L; await timer.WaitForNextTickAsync(_stopping.Token);)
            {
                for (; _time.GetElapsedTime(began) >= Frame * sent; sent++)
                {
                    SendFrame();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is turned off.
        }
    }

    private void SendFrame()
    {
        TaskCompletionSource? said = null;
        Array.Clear(_frame);
        lock (_gate)
        {
            var count = Math.Min(_saying.Length, _frame.Length);
            _saying.Span[..count].CopyTo(_frame);
            _saying = _saying[count..];
            if (_saying.IsEmpty)
            {
                (said, _said) = (_said, null);
            }
        }

        _line.With((peer, _) => peer.SendSound(_timestamp, _encoder.Encode(_frame)));
        _timestamp += SoundFormat.SamplesPerFrame;
        said?.TrySetResult();
    }
}
