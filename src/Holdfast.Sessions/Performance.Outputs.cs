using Holdfast.Media;

namespace Holdfast.Sessions;

// Who takes what is shown without being the viewer.
internal sealed partial class Performance
{
    private volatile ISessionOutput[] _outputs = [];
    private OutputsOnly? _outputsOnly;

    /// <summary>Size and rate of the pictures.</summary>
    public VideoFormat VideoFormat => _show.VideoFormat;

    /// <summary>An output takes what is shown from now on.</summary>
    public void Watch(ISessionOutput output) => Note(() =>
    {
        if (_isOver)
        {
            output.OnEnded();
            return;
        }

        Have([.. _outputs, output]);
        if (_playback is null)
        {
            PlayOnForOutputs();
        }
    });

    /// <summary>Takes an output off, and ends it.</summary>
    public void Unwatch(ISessionOutput output) => Note(() =>
    {
        var left = Array.FindAll(_outputs, other => !ReferenceEquals(other, output));
        if (left.Length == _outputs.Length)
        {
            return;
        }

        Have(left);
        if (_playback is null && left.Length == 0)
        {
            StandStill();
        }

        output.OnEnded();
    });

    private void Have(ISessionOutput[] outputs)
    {
        _outputs = outputs;
        _session.OnOutputs(outputs.Length);
    }

    /// <summary>Nobody is connected; the loop goes on for those who take it elsewhere.</summary>
    private void PlayOnForOutputs()
    {
        _isLeaving = false;
        _pacer.Remove(this);
        _pacer.Add(this);
    }

    private void EndOutputs()
    {
        _isOver = true;
        var outputs = _outputs;
        Have([]);
        foreach (var output in outputs)
        {
            output.OnEnded();
        }
    }

    /// <summary>20 ms for the outputs alone.</summary>
    private void PlayToOutputs(in MediaTick tick)
    {
        var sink = _outputsOnly ??= new OutputsOnly(this);
        if (!_session.SpeaksToOutputs)
        {
            // The viewer is waited for: the avatar is seen waiting too.
            PassTime(tick);
            (_show as IHushableShow)?.Hush(true);
            Volatile.Write(ref _place, 0);
            if (_show is IHushableShow)
            {
                _stream.Tick(tick, sink);
            }
            else
            {
                _stream.Probe(tick, sink);
            }

            return;
        }

        _isWaiting = !_show.TakeBack();
        if (!_isWaiting)
        {
            (_show as IHushableShow)?.Hush(_isHushed || !HasTurn(tick));
        }

        _stream.Tick(tick, sink);
        if (!_isWaiting)
        {
            Playout.OnHeardElsewhere(tick);
            _finishing.Flush();
        }
    }

    private void WantKeyFrame()
    {
        foreach (var output in _outputs)
        {
            if (output.WantsKeyFrame)
            {
                RequestKeyFrame();
                return;
            }
        }
    }

    private void SendAudioToOutputs(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
    {
        foreach (var output in _outputs)
        {
            try
            {
                output.SendAudio(mediaTime, opus, silent, place);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                OnOutputFailed(output, exception);
            }
        }
    }

    private void SendVideoToOutputs(TimeSpan mediaTime, in EncodedPicture picture)
    {
        foreach (var output in _outputs)
        {
            try
            {
                output.SendVideo(mediaTime, picture);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                OnOutputFailed(output, exception);
            }
        }
    }

    private void OnOutputFailed(ISessionOutput output, Exception exception)
    {
        _session.OnOutputFailed(exception);
        Unwatch(output);
    }

    /// <summary>Hands on what no viewer gets.</summary>
    private sealed class OutputsOnly(Performance performance) : IMediaSink
    {
        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
        {
            if (performance._session.SpeaksToOutputs)
            {
                performance.OnHandedOut(place);
            }

            performance.SendAudioToOutputs(mediaTime, opus, silent, place);
        }

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => performance.SendVideoToOutputs(mediaTime, picture);
    }
}
