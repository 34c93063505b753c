using System.Buffers;
using Holdfast.Media;

namespace Holdfast.Speech;

/// <summary>Hears what an ear makes of a microphone: one call at a time, on a listening thread.</summary>
internal interface IEarObserver
{
    /// <summary>A frame was heard.</summary>
    /// <param name="frame"><see cref="HearingFormat.FrameSamples"/> samples.</param>
    /// <param name="probability">How likely it is a voice, 0 to 1.</param>
    void OnFrame(ReadOnlySpan<short> frame, float probability);

    /// <summary>Between the frame before and the next one something was sent and did not arrive: neither a voice nor silence.</summary>
    /// <param name="samples">How long it is in the sender's time; null where nobody can know, since the stream began anew.</param>
    void OnMissing(int? samples);

    /// <summary>Something failed that nobody foresaw; the ear goes on.</summary>
    void OnFault(Exception exception);
}

/// <summary>
/// Turns the packets of one microphone into frames with the likelihood of a voice, on the listening threads, each in its place in the sender's time: a
/// short loss is made up, a longer one is told as missing. What else has to happen in that order is posted to it. While nothing comes it does nothing and
/// holds nothing.
/// </summary>
internal sealed class Ear : IDisposable
{
    /// <summary>A second and more of sound waits at the most; of what is older the newest is worth more.</summary>
    private const int MaxWaiting = 64;

    /// <summary>So much is done before another ear has its turn.</summary>
    private const int AtATime = 8;

    /// <summary>20 ms, which is what browsers send.</summary>
    private const int SamplesPerPacket = HearingFormat.SampleRate / 50;

    /// <summary>100 ms; what is longer is missing: nothing sensible can be made up for it.</summary>
    private const int MaxConcealed = 5 * SamplesPerPacket;

    /// <summary>A client that sends nothing while nobody speaks (DTX) leaves gaps that are silence: up to 1 s, after which nothing more is to be learnt from it.</summary>
    private const int MaxSilence = HearingFormat.SampleRate;

    private readonly ListeningThreads _threads;
    private readonly SileroModel _model;
    private readonly IEarObserver _observer;
    private readonly Lock _gate = new();
    private readonly Queue<Packet> _packets = new();
    private readonly Queue<(Action Work, long After)> _posted = new();
    private readonly short[] _frame = new short[HearingFormat.FrameSamples];
    private short[] _pcm = [];
    private OpusDecoder? _decoder;
    private VoiceActivity? _activity;
    private SenderTime _time;
    private int _filled;
    private long _received;
    private long _taken;
    private int _lostBeforeFirst;
    private bool _isScheduled;
    private bool _isOver;
    private long _heard;
    private long _dropped;

    public Ear(ListeningThreads threads, SileroModel model, IEarObserver observer)
    {
        (_threads, _model, _observer) = (threads, model, observer);
    }

    /// <summary>Packets that were decoded.</summary>
    public long Heard => Interlocked.Read(ref _heard);

    /// <summary>Packets that were let go because the listening threads did not get to them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Whether the path is known to be lost: what was not sent in that time is missing too, and no silence. On a listening thread.</summary>
    public bool IsCut { get; set; }

    /// <summary>Takes a packet; from any thread, returns at once and keeps nothing of it.</summary>
    /// <param name="opus">One Opus packet, which may be anything.</param>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="lostBefore">How many packets are missing since the one before.</param>
    public void Receive(ReadOnlySpan<byte> opus, uint timestamp, int lostBefore)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, opus.Length));
        opus.CopyTo(bytes);
        lock (_gate)
        {
            if (_isOver)
            {
                ArrayPool<byte>.Shared.Return(bytes);
                return;
            }

            if (_packets.Count == MaxWaiting)
            {
                var oldest = _packets.Dequeue();
                ArrayPool<byte>.Shared.Return(oldest.Bytes);
                _lostBeforeFirst += oldest.LostBefore + 1;
                _taken++;
                Interlocked.Increment(ref _dropped);
            }

            _received++;
            _packets.Enqueue(new Packet(bytes, opus.Length, timestamp, lostBefore));
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        _threads.Enqueue(this);
    }

    /// <summary>Does something on a listening thread: after what was received before it, and before what is received after it.</summary>
    public void Post(Action work)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _posted.Enqueue((work, _received));
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        _threads.Enqueue(this);
    }

    /// <summary>Until something comes, nothing is held but the place in the sender's time. On a listening thread.</summary>
    public void Rest()
    {
        _decoder?.Dispose();
        _activity?.Dispose();
        (_decoder, _activity, _pcm, _filled) = (null, null, [], 0);
    }

    /// <summary>What comes next has nothing to do with what came before: what lies between was not to be heard. On a listening thread.</summary>
    public void Restart()
    {
        Rest();
        _time.Restart();
    }

    /// <summary>Does some of what there is to do; called by a listening thread, by one at a time.</summary>
    public void Work()
    {
        for (var i = 0; i < AtATime; i++)
        {
            Action? work = null;
            Packet? packet = null;
            lock (_gate)
            {
                if (_posted.TryPeek(out var posted) && posted.After <= _taken)
                {
                    work = _posted.Dequeue().Work;
                }
                else if (_packets.TryDequeue(out var received))
                {
                    _taken++;
                    packet = received with { LostBefore = received.LostBefore + _lostBeforeFirst };
                    _lostBeforeFirst = 0;
                }
                else
                {
                    _isScheduled = false;
                    return;
                }
            }

            try
            {
                work?.Invoke();
                if (packet is { } heard)
                {
                    Hear(heard);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _observer.OnFault(exception);
            }
            finally
            {
                if (packet is { } done)
                {
                    ArrayPool<byte>.Shared.Return(done.Bytes);
                }
            }
        }

        _threads.Enqueue(this);
    }

    /// <summary>Takes nothing more in. What waits is forgotten, and what it holds is given back on a listening thread.</summary>
    public void Dispose()
    {
        Post(Rest);
        lock (_gate)
        {
            _isOver = true;
            while (_packets.TryDequeue(out var packet))
            {
                ArrayPool<byte>.Shared.Return(packet.Bytes);
                _taken++;
            }
        }
    }

    private void Hear(in Packet packet)
    {
        Interlocked.Increment(ref _heard);
        if (_decoder is null)
        {
            _decoder = new OpusDecoder(HearingFormat.SampleRate);
            _pcm = new short[OpusDecoder.MaxSamplesPerPacket * HearingFormat.SampleRate / SoundFormat.SampleRate];
        }

        var opus = packet.Bytes.AsSpan(0, packet.Length);
        FillIn(_decoder, opus, _time.Before(packet.Timestamp, packet.LostBefore));
        var samples = _decoder.Decode(opus, _pcm);
        if (samples == 0)
        {
            // Damaged: as long as the usual packet, so that what follows stays in its place.
            samples = _decoder.Conceal(_pcm.AsSpan(0, SamplesPerPacket));
        }

        Add(_pcm.AsSpan(0, samples));
        _time.Advance(packet.Timestamp, samples);
    }

    /// <summary>
    /// What is missing before a packet: the last lost one has a coarse copy in the one that came (in-band FEC), those before it are made up; more than that is
    /// told as missing. What was never sent is silence.
    /// </summary>
    private void FillIn(OpusDecoder decoder, ReadOnlySpan<byte> following, Between gap)
    {
        if (gap.IsAnotherClock)
        {
            Miss(null);
        }
        else if (IsCut ? gap.Lost + gap.Silent > MaxConcealed : gap.Lost > MaxConcealed)
        {
            Miss(gap.Lost + (IsCut ? gap.Silent : 0));
            AddSilence(IsCut ? 0 : gap.Silent);
        }
        else
        {
            AddSilence(gap.Silent);
            Conceal(decoder, following, gap.Lost);
        }
    }

    private void Conceal(OpusDecoder decoder, ReadOnlySpan<byte> following, int missing)
    {
        while (missing >= SamplesPerPacket)
        {
            var pcm = _pcm.AsSpan(0, SamplesPerPacket);
            missing -= SamplesPerPacket;
            var samples = missing < SamplesPerPacket ? decoder.Recover(following, pcm) : decoder.Conceal(pcm);
            if (samples == 0)
            {
                pcm.Clear();
            }

            Add(pcm);
        }

        // Packets of another length than usual: time is kept all the same.
        AddSilence(missing);
    }

    /// <summary>The frame that was begun is filled up: what is missing begins with the next.</summary>
    private void Miss(int? samples)
    {
        var rest = _filled == 0 ? 0 : Math.Min(_frame.Length - _filled, samples ?? _frame.Length);
        AddSilence(rest);
        _observer.OnMissing(samples - rest);
    }

    private void AddSilence(int samples)
    {
        for (var rest = Math.Min(samples, MaxSilence); rest > 0; rest -= _pcm.Length)
        {
            var silence = _pcm.AsSpan(0, Math.Min(rest, _pcm.Length));
            silence.Clear();
            Add(silence);
        }
    }

    private void Add(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, _frame.Length - _filled);
            samples[..count].CopyTo(_frame.AsSpan(_filled));
            samples = samples[count..];
            _filled += count;
            if (_filled == _frame.Length)
            {
                _filled = 0;
                _activity ??= new VoiceActivity(_model);
                _observer.OnFrame(_frame, _activity.Next(_frame));
            }
        }
    }

    private readonly record struct Packet(byte[] Bytes, int Length, uint Timestamp, int LostBefore);
}
