using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Avatar;
using Holdfast.Media;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.VoiceBench;

/// <summary>What the pictures of a session that speaks cost and how good they are, each apart: of a real voice, through a real stream.</summary>
internal static class PictureBench
{
    private const int WarmUpSeconds = 10;
    private const int Seconds = 40;

    private const string Text =
        "When the network goes away, our conversation waits for you and goes on at the same word. Nothing that was said is lost, because every packet "
        + "of speech has its place in the performance. The quick brown fox jumps over the lazy dog, and twenty-three cats look on.";

    public static async Task RunAsync(IConfiguration settings, string name, int bitrate, string? folder)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(settings)
            .AddLogging()
            .AddHoldfastAvatar()
            .BuildServiceProvider();
        var shows = services.GetRequiredService<AvatarShowFactory>();
        var codec = new MeasuredCodec(folder);
        var observer = new Nobody();
        await using var show = shows.Create(name, observer);
        ((IAdjustableShow)show).Adjust(new ShowAdjustment { Voice = "flite/slt" });
        using var stream = new ShowStream(show, new ShowStreamOptions { VideoBitrate = bitrate, VideoCodecs = [codec] });
        for (var said = 0; said < 5; said++)
        {
            show.Say(new Utterance($"{said}", Text));
        }

        for (var index = 0L; index < (WarmUpSeconds + Seconds) * MediaTick.PerSecond; index++)
        {
            while (!((IRenderableShow)show).IsReady)
            {
                await Task.Delay(1);
            }

            if (index == WarmUpSeconds * MediaTick.PerSecond)
            {
                codec.Begin();
            }

            var begin = ThreadTime.Now;
            codec.Other = TimeSpan.Zero;
            stream.Tick(new MediaTick(index), observer);
            codec.Took((ThreadTime.Now - begin));
            (show as IRewindableShow)?.Release(long.MaxValue);
        }

        Console.WriteLine(codec.Report(Seconds));
    }

    /// <summary>Processor time of this thread (clock_gettime(2)): others that run meanwhile are not in it.</summary>
    private static class ThreadTime
    {
        private const int OfThisThread = 3;

        public static TimeSpan Now
        {
            get
            {
                _ = Read(OfThisThread, out var time);
                return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
            }
        }

        [DllImport("libc", EntryPoint = "clock_gettime")]
        private static extern int Read(int clock, out Timespec time);

        private struct Timespec
        {
            public long Seconds;
            public long Nanoseconds;
        }
    }

    /// <summary>VP8, with what it takes and what comes of it.</summary>
    private sealed class MeasuredCodec(string? folder) : IVideoCodec
    {
        private readonly List<double> _encode = [];
        private readonly List<double> _rest = [];
        private readonly List<double> _held = [];
        private long _heldBytes;
        private readonly List<double> _quality = [];
        private readonly Vp8Decoder _decoder = new();
        private long _bytes;
        private TimeSpan _encoded;
        private bool _isPicture;

        /// <summary>Of this tick, what was neither the show's nor the encoder's.</summary>
        public TimeSpan Other { get; set; }

        public string Name => Vp8Codec.Default.Name;

        public string Maker => Vp8Codec.Default.Maker;

        public void Begin()
        {
            _encode.Clear();
            _held.Clear();
            _heldBytes = 0;
            _rest.Clear();
            _quality.Clear();
            _bytes = 0;
        }

        public void Took(TimeSpan all)
        {
            if (_isPicture)
            {
                _rest.Add((all - _encoded - Other).TotalMilliseconds);
                _isPicture = false;
            }
        }

        public string Report(int seconds) => string.Create(
            CultureInfo.InvariantCulture,
            $"{_encode.Count} pictures: encoded in {_encode.Average():F3} ms (p50 {Part(_encode, 50):F3}, p95 {Part(_encode, 95):F3}), sound and drawing {_rest.Average():F3} ms (p50 {Part(_rest, 50):F3}), "
            + $"{_quality.Average():F2} dB ({_quality.Min():F2} at the least, p5 {Part(_quality, 5):F2}), {_bytes * 8 / seconds / 1000} kbit/s; {_held.Count} held: {(_held.Count > 0 ? _held.Average() : 0):F3} ms, {_heldBytes / Math.Max(1, _held.Count)} bytes, moved {(_encode.Sum() - _held.Sum()) / (_encode.Count - _held.Count):F3} ms, {(_bytes - _heldBytes) / (_encode.Count - _held.Count)} bytes");

        public PictureSize? SizeOf(ReadOnlySpan<byte> keyFrame) => Vp8Codec.Default.SizeOf(keyFrame);

        public IVideoEncoder CreateEncoder(VideoEncoderOptions options) => new Encoder(this, Vp8Codec.Default.CreateEncoder(options));

        private static double Part(List<double> values, int percent) => values.Order().ElementAt(values.Count * percent / 100);

        private void Check(I420Picture picture, byte[] frame)
        {
            var begin = ThreadTime.Now;
            if (!_decoder.TryDecode(frame, out var decoded))
            {
                throw new InvalidOperationException("It cannot be decoded.");
            }

            var sum = 0.0;
            for (var i = 0; i < picture.Y.Length; i++)
            {
                sum += (picture.Y[i] - decoded.Y[i]) * (picture.Y[i] - decoded.Y[i]);
            }

            _quality.Add(10 * Math.Log10(255 * 255 / ((sum / picture.Y.Length) + 1e-9)));
            _bytes += frame.Length;
            if (folder is not null)
            {
                using var file = new FileStream(Path.Combine(folder, "decoded.yuv"), FileMode.Append);
                file.Write(decoded.Data);
            }

            Other += (ThreadTime.Now - begin);
        }

        private sealed class Encoder(MeasuredCodec codec, IVideoEncoder inner) : IVideoEncoder
        {
            public int BitrateBitsPerSecond
            {
                get => inner.BitrateBitsPerSecond;
                set => inner.BitrateBitsPerSecond = value;
            }

            public ReadOnlySpan<byte> Encode(I420Picture picture, bool forceKeyFrame, out bool isKeyFrame) =>
                Encode(picture, PictureArea.AllOf(picture), forceKeyFrame, out isKeyFrame);

            public ReadOnlySpan<byte> Encode(I420Picture picture, PictureArea changed, bool forceKeyFrame, out bool isKeyFrame)
            {
                var begin = ThreadTime.Now;
                var frame = inner.Encode(picture, changed, forceKeyFrame, out isKeyFrame);
                codec._encoded = (ThreadTime.Now - begin);
                codec._encode.Add(codec._encoded.TotalMilliseconds);
                codec._isPicture = true;
                if (changed != PictureArea.AllOf(picture))
                {
                    codec._held.Add(codec._encoded.TotalMilliseconds);
                    codec._heldBytes += frame.Length;
                }

                codec.Check(picture, frame.ToArray());
                return frame;
            }

            public void Dispose() => inner.Dispose();
        }
    }
}
