using CsCheck;

namespace Holdfast.Media.Tests;

public sealed class OpusTests
{
    [Fact]
    public void A_tone_comes_back_with_its_energy()
    {
        using var encoder = new OpusEncoder();
        using var decoder = new OpusDecoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var heard = new short[OpusDecoder.MaxSamplesPerPacket];
        var (sent, received) = (0.0, 0.0);

        for (var frame = 0; frame < 100; frame++)
        {
            Tone(pcm, frame, hertz: 440);
            var count = decoder.Decode(encoder.Encode(pcm), heard);

            Assert.Equal(SoundFormat.SamplesPerFrame, count);
            if (frame >= 10)
            {
                sent += Energy(pcm);
                received += Energy(heard.AsSpan(0, count));
            }
        }

        Assert.InRange(10 * Math.Log10(received / sent), -1, 1);
    }

    [Fact]
    public void A_lost_packet_is_recovered_from_the_copy_in_the_next()
    {
        using var encoder = new OpusEncoder();
        using var recovering = new OpusDecoder();
        using var concealing = new OpusDecoder();
        using var whole = new OpusDecoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var (recovered, concealed, original) = (NewFrame(), NewFrame(), NewFrame());
        var (recoveryError, concealmentError) = (0.0, 0.0);

        byte[]? lost = null;
        for (var frame = 0; frame < 200; frame++)
        {
            // A voice that changes its pitch, so that going on as before is wrong.
            Voice(pcm, frame);
            var packet = encoder.Encode(pcm).ToArray();
            if (lost is not null)
            {
                whole.Decode(lost, original);
                Assert.Equal(SoundFormat.SamplesPerFrame, recovering.Recover(packet, recovered));
                Assert.Equal(SoundFormat.SamplesPerFrame, concealing.Conceal(concealed));
                recoveryError += Difference(original, recovered);
                concealmentError += Difference(original, concealed);
                lost = null;
            }
            else if (frame % 10 == 9)
            {
                lost = packet;
                continue;
            }

            whole.Decode(packet, original);
            recovering.Decode(packet, recovered);
            concealing.Decode(packet, concealed);
        }

        Assert.True(recoveryError < concealmentError / 2, $"recovered {recoveryError:E2}, concealed {concealmentError:E2}");
    }

    [Fact]
    public void The_shared_silence_stays_silent_for_minutes()
    {
        using var encoder = new OpusEncoder();
        using var decoder = new OpusDecoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var heard = NewFrame();
        for (var frame = 0; frame < 25; frame++)
        {
            Voice(pcm, frame);
            decoder.Decode(encoder.Encode(pcm), heard);
        }

        Array.Clear(pcm);
        for (var frame = 0; frame < 5; frame++)
        {
            decoder.Decode(encoder.Encode(pcm), heard);
        }

        var silence = SilentPacket.For(new OpusEncoderOptions()).ToArray();
        for (var frame = 0; frame < 5000; frame++)
        {
            Assert.Equal(SoundFormat.SamplesPerFrame, decoder.Decode(silence, heard));
            var peak = Peak(heard);
            Assert.True(peak <= 16, $"{peak} at packet {frame}");
        }
    }

    [Fact]
    public void Coming_out_of_the_shared_silence_sounds_as_coming_out_of_encoded_silence()
    {
        using var encoder = new OpusEncoder();
        using var shared = new OpusDecoder();
        using var encoded = new OpusDecoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var (fromShared, fromEncoded) = (NewFrame(), NewFrame());
        var silence = SilentPacket.For(new OpusEncoderOptions()).ToArray();
        for (var frame = 0; frame < 50; frame++)
        {
            encoded.Decode(encoder.Encode(pcm), fromEncoded);
            shared.Decode(silence, fromShared);
        }

        var (difference, energy) = (0.0, 0.0);
        for (var frame = 0; frame < 20; frame++)
        {
            Voice(pcm, frame);
            var packet = encoder.Encode(pcm);
            encoded.Decode(packet, fromEncoded);
            shared.Decode(packet, fromShared);
            difference += Difference(fromShared, fromEncoded);
            energy += Energy(fromEncoded);
        }

        Assert.True(difference < energy / 100, $"{10 * Math.Log10(difference / energy):F1} dB");
    }

    // RFC 6716 section 3.1: the first five bits.
    private const int WidebandOnly = 9;
    private const int WithHeights = 15;

    [Fact]
    public void A_voice_without_heights_is_encoded_without_them_and_the_first_that_has_some_with_them()
    {
        using var encoder = new OpusEncoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        int Kind(int frame, double height)
        {
            Voice(pcm, frame);
            for (var i = 0; i < pcm.Length; i++)
            {
                pcm[i] += (short)(60 * Math.Sin(2 * Math.PI * height * (frame * pcm.Length + i) / SoundFormat.SampleRate));
            }

            return encoder.Encode(pcm)[0] >> 3;
        }

        // Silence says nothing of a voice, and is smallest with heights.
        for (var frame = 0; frame < 150; frame++)
        {
            Assert.Equal(WithHeights, encoder.Encode(pcm)[0] >> 3);
        }

        for (var frame = 0; frame < 99; frame++)
        {
            Assert.Equal(WithHeights, Kind(frame, height: 7_900));
        }

        for (var frame = 99; frame < 150; frame++)
        {
            Assert.Equal(WidebandOnly, Kind(frame, height: 7_900));
        }

        Assert.Equal(WithHeights, Kind(150, height: 11_000));
        for (var frame = 151; frame < 250; frame++)
        {
            Assert.Equal(WithHeights, Kind(frame, height: 7_900));
        }

        // The filter has the last of them for one more.
        Kind(250, height: 7_900);
        for (var frame = 251; frame < 270; frame++)
        {
            Assert.Equal(WidebandOnly, Kind(frame, height: 7_900));
        }
    }

    [Theory]
    [InlineData(39_000, false)]
    [InlineData(40_000, true)]
    public void Heights_are_left_out_only_where_there_is_enough_for_what_they_leave(int bitrate, bool areLeftOut)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { BitrateBitsPerSecond = bitrate });
        var (pcm, kinds) = (new short[SoundFormat.SamplesPerFrame], new int[210]);
        for (var frame = 0; frame < kinds.Length; frame++)
        {
            Voice(pcm, frame);
            kinds[frame] = encoder.Encode(pcm)[0] >> 3;
        }

        // After two seconds it is known what the voice has not.
        Assert.Equal(WithHeights, kinds[50]);
        Assert.All(kinds[110..], kind => Assert.Equal(areLeftOut ? WidebandOnly : WithHeights, kind));
    }

    [Fact]
    public void Any_bytes_are_decoded_or_refused()
    {
        using var decoder = new OpusDecoder();
        var heard = new short[OpusDecoder.MaxSamplesPerPacket];

        Gen.Byte.Array[0, 300].Sample(
            bytes => decoder.Decode(bytes, heard) is >= 0 and <= OpusDecoder.MaxSamplesPerPacket && decoder.Recover(bytes, heard.AsSpan(0, 960)) >= 0,
            iter: 2000,
            threads: 1);
        Assert.Equal(0, decoder.Decode([], heard));
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        using var encoder = new OpusEncoder();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        for (var i = 0; i < 40; i++)
        {
            encoder.Encode(pcm);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 40; i++)
        {
            encoder.Encode(pcm);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Only_20_ms_are_taken_at_a_time()
    {
        using var encoder = new OpusEncoder();
        Assert.Throws<ArgumentException>(() => { _ = encoder.Encode(new short[480]).Length; });
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusEncoder(new OpusEncoderOptions { BitrateBitsPerSecond = 1 }));
    }

    private static short[] NewFrame() => new short[SoundFormat.SamplesPerFrame];

    private static void Tone(Span<short> pcm, int frame, double hertz)
    {
        for (var i = 0; i < pcm.Length; i++)
        {
            pcm[i] = (short)(8000 * Math.Sin(2 * Math.PI * hertz * (frame * pcm.Length + i) / SoundFormat.SampleRate));
        }
    }

    private static void Voice(Span<short> pcm, int frame)
    {
        for (var i = 0; i < pcm.Length; i++)
        {
            var time = (double)(frame * pcm.Length + i) / SoundFormat.SampleRate;
            var phase = 2 * Math.PI * 140 * time + 12 * Math.Sin(2 * Math.PI * 2.3 * time);
            var sum = 0.0;
            for (var harmonic = 1; harmonic < 10; harmonic++)
            {
                sum += Math.Sin(phase * harmonic) / harmonic;
            }

            pcm[i] = (short)(5000 * sum * (0.55 + 0.45 * Math.Sin(2 * Math.PI * 4 * time)));
        }
    }

    private static int Peak(ReadOnlySpan<short> pcm)
    {
        var peak = 0;
        foreach (var sample in pcm)
        {
            peak = Math.Max(peak, Math.Abs((int)sample));
        }

        return peak;
    }

    private static double Energy(ReadOnlySpan<short> pcm)
    {
        var sum = 0.0;
        foreach (var sample in pcm)
        {
            sum += (double)sample * sample;
        }

        return sum;
    }

    private static double Difference(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += Math.Pow(left[i] - right[i], 2);
        }

        return sum;
    }
}
