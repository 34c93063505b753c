namespace Holdfast.Media.Tests;

/// <summary>One process goes on with the very next sound after another one: there are two encoders, and one decoder that hears no seam.</summary>
public sealed class SeamTests
{
    private const int Blocks = 60;
    private const int Heard = 3;

    /// <summary>Within a word, wherever it is: a packet that a new encoder makes of nothing but itself differs by a third from what is meant.</summary>
    [Fact]
    public void Where_an_encoder_goes_on_after_another_that_it_has_heard_the_end_of_little_differs()
    {
        var whole = Encode(new Speaker(0, leadIn: 0), Blocks);
        var (sumOfRest, sumOfCold, count) = (0.0, 0.0, 0);
        for (var seam = 10; seam < Blocks - 6; seam += 3, count++)
        {
            var rest = Error(whole, Encode(new Speaker(seam, leadIn: 5), Heard), seam);
            Assert.True(rest < -10, $"{rest:F1} dB at {seam}");
            sumOfRest += rest;
            sumOfCold += Error(whole, Encode(new Speaker(seam, leadIn: 0), Heard), seam);
        }

        Assert.InRange(sumOfRest / count, -30, -15);
        Assert.InRange(sumOfCold / count, -12, 0);
    }

    /// <summary>How much the first 60 ms after the seam differ from what they would be without it.</summary>
    private static double Error(List<byte[]> whole, List<byte[]> rest, int seam)
    {
        using var one = new OpusDecoder();
        using var two = new OpusDecoder();
        var (meant, heard) = (new short[SoundFormat.SamplesPerFrame], new short[SoundFormat.SamplesPerFrame]);
        var (difference, energy) = (0.0, 0.0);
        for (var i = 0; i < seam + Heard; i++)
        {
            one.Decode(whole[i], meant);
            two.Decode(i < seam ? whole[i] : rest[i - seam], heard);
            for (var sample = 0; i >= seam && sample < meant.Length; sample++)
            {
                difference += Math.Pow(meant[sample] - heard[sample], 2);
                energy += Math.Pow(meant[sample], 2);
            }
        }

        return 10 * Math.Log10(difference / energy);
    }

    private static List<byte[]> Encode(Speaker show, int blocks)
    {
        var sink = new Packets();
        var sound = new LiveSound(show, new OpusEncoderOptions(), lingerTicks: 50);
        for (var i = 0; i < blocks; i++)
        {
            sound.Tick(new MediaTick(i), MediaRoom.Plenty, sink);
        }

        sound.Release();
        return sink.Sound;
    }

    private sealed class Packets : IMediaSink
    {
        public List<byte[]> Sound { get; } = [];

        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place) => Sound.Add(opus.ToArray());

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) => throw new NotSupportedException();
    }

    /// <summary>A voice that is heard from a block on; what was before it is there for an encoder to begin with.</summary>
    private sealed class Speaker : IResumableShow
    {
        private readonly int _first;
        private int _next;
        private int _before;

        public Speaker(int first, int leadIn) => (_first, _next, _before) = (first, first, first - leadIn);

        public VideoFormat VideoFormat => new(96, 96, 25);

        public EncodedLoop? IdleLoop => null;

        public bool IsIdle => true;

        public long Place => _next;

        public bool ReadAudio(Span<short> pcm)
        {
            Voice(pcm, _next++);
            return true;
        }

        public bool ReadLeadIn(Span<short> pcm)
        {
            if (_before >= _first)
            {
                return false;
            }

            Voice(pcm, _before++);
            return true;
        }

        public void Draw(long frameIndex, I420Picture picture) => throw new NotSupportedException();

        public SayResult Say(Utterance utterance) => SayResult.NothingToSay;

        public int Interrupt() => 0;

        public void Release(long place)
        {
        }

        public RewindPoint? Rewind(long place) => null;

        public string? DropUtterance() => null;

        public SpeechMark? MarkOf(long place) => null;

        public SayResult Continue(Utterance utterance, SpeechMark mark) => SayResult.NothingToSay;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>Harmonics of a pitch that wanders, under two formants, with breath, in syllables.</summary>
        private static void Voice(Span<short> pcm, int block)
        {
            for (var i = 0; i < pcm.Length; i++)
            {
                var time = (double)(block * pcm.Length + i) / SoundFormat.SampleRate;
                var phase = 2 * Math.PI * 140 * time + 12 * Math.Sin(2 * Math.PI * 2.3 * time);
                var sum = 0.0;
                for (var harmonic = 1; harmonic < 24; harmonic++)
                {
                    var hertz = 140 * harmonic;
                    var formants = Math.Exp(-Math.Pow((hertz - 600) / 250.0, 2)) + Math.Exp(-Math.Pow((hertz - 1_900 - 500 * Math.Sin(9 * time)) / 300.0, 2));
                    sum += Math.Sin(phase * harmonic) * (0.05 + formants);
                }

                pcm[i] = (short)(3_500 * sum * (0.55 + 0.45 * Math.Sin(2 * Math.PI * 4 * time)));
            }
        }
    }
}
