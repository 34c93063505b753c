using System.Buffers.Binary;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>
/// A codec that is like VP8 in nothing: another clock, parameters that decide, fragments of one length behind a header of its own, and pictures that are counted with 32
/// bits.
/// </summary>
internal sealed class TestFormat : PayloadFormat
{
    public const int HeaderLength = 5;
    public const string Level = "level=2";

    private const byte Magic = 0xAB;
    private const int Fragment = 400;

    public static TestFormat Instance { get; } = new();

    public override string Name => "X-TEST";

    public override int ClockRate => 45_000;

    public override string? Parameters => Level;

    public override bool Takes(SdpCodec offered) => string.Equals(offered.Parameter("level"), "2", StringComparison.Ordinal);

    public override string? AnswerTo(SdpCodec offered) => $"{Level};depth={offered.Parameter("depth") ?? "0"}";

    public override IPicturePacketizer CreatePacketizer(ulong state) => new Packetizer((uint)state);

    public override ulong Advance(ulong state, int pictures) => unchecked((uint)state + (uint)pictures);

    public override bool IsKeyFrame(ReadOnlySpan<byte> picture) => !picture.IsEmpty && picture[0] == 'K';

    /// <summary>A client that takes it.</summary>
    public static ClientCodec Client(string parameters = $"{Level};depth=8") => new("X-TEST/45000", parameters, static payload =>
    {
        Assert.Equal(Magic, payload[0]);
        Assert.InRange(payload.Length, HeaderLength + 1, HeaderLength + Fragment);
        return HeaderLength;
    });

    /// <summary>The picture's number in a payload.</summary>
    public static uint NumberOf(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt32BigEndian(payload[1..]);

    private sealed class Packetizer(uint first) : IPicturePacketizer
    {
        private uint _next = first;
        private uint _number;
        private int _written;
        private int _length;

        public int Remaining => (_length - _written + Fragment - 1) / Fragment;

        public ulong State => _next;

        public void Begin(ReadOnlySpan<byte> picture, int maximumPayload)
        {
            Assert.True(maximumPayload >= HeaderLength + Fragment);
            (_number, _written, _length) = (_next++, 0, picture.Length);
        }

        public int WriteNext(ReadOnlySpan<byte> picture, Span<byte> buffer)
        {
            if (Remaining == 0)
            {
                return 0;
            }

            buffer[0] = Magic;
            BinaryPrimitives.WriteUInt32BigEndian(buffer[1..], _number);
            var length = Math.Min(Fragment, _length - _written);
            picture.Slice(_written, length).CopyTo(buffer[HeaderLength..]);
            _written += length;
            return HeaderLength + length;
        }
    }
}
