namespace Holdfast.Lab.Peer;

/// <summary>How coarse a VP8 picture is, as its header tells (RFC 6386 section 9.6): what its encoder gave up to make it fit.</summary>
internal static class Vp8Quantizer
{
    private const int TagBytes = 3;
    private const int KeyFrameBytes = 7;
    private const int Segments = 4;
    private const int SegmentProbabilities = 3;
    private const int LoopFilterDeltas = 8;

    /// <summary>From 0, the finest, to 127; null where it is no picture.</summary>
    public static int? Of(ReadOnlySpan<byte> frame)
    {
        var isKeyFrame = !frame.IsEmpty && (frame[0] & 1) == 0;
        var length = isKeyFrame ? TagBytes + KeyFrameBytes : TagBytes;
        if (frame.Length <= length)
        {
            return null;
        }

        var reader = new BoolReader(frame[length..]);
        if (isKeyFrame)
        {
            reader.Skip(2); // colour space, clamping
        }

        SkipSegmentation(ref reader);
        reader.Skip(1 + 6 + 3); // loop filter: kind, level, sharpness
        SkipLoopFilterDeltas(ref reader);
        reader.Skip(2); // number of partitions
        return reader.Read(7);
    }

    private static void SkipSegmentation(ref BoolReader reader)
    {
        if (reader.Read(1) == 0)
        {
            return;
        }

        var (hasMap, hasData) = (reader.Read(1) == 1, reader.Read(1) == 1);
        if (hasData)
        {
            reader.Skip(1);
            SkipOptional(ref reader, Segments, 7 + 1); // quantizers, with their signs
            SkipOptional(ref reader, Segments, 6 + 1); // loop filter levels
        }

        if (hasMap)
        {
            SkipOptional(ref reader, SegmentProbabilities, 8);
        }
    }

    private static void SkipLoopFilterDeltas(ref BoolReader reader)
    {
        if (reader.Read(1) == 1 && reader.Read(1) == 1)
        {
            SkipOptional(ref reader, LoopFilterDeltas, 6 + 1);
        }
    }

    private static void SkipOptional(ref BoolReader reader, int count, int bits)
    {
        for (var i = 0; i < count; i++)
        {
            reader.Skip(reader.Read(1) * bits);
        }
    }

    /// <summary>Reads bits that are as likely 0 as 1 (RFC 6386 section 7).</summary>
    private ref struct BoolReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes.Length > 2 ? bytes[2..] : [];
        private int _value = (bytes[0] << 8) | (bytes.Length > 1 ? bytes[1] : 0);
        private int _range = 255;
        private int _shifted;

        public int Read(int bits)
        {
            var number = 0;
            for (var i = 0; i < bits; i++)
            {
                number = (number << 1) | ReadBit();
            }

            return number;
        }

        public void Skip(int bits) => Read(bits);

        private int ReadBit()
        {
            var split = 1 + ((_range - 1) >> 1);
            var bit = _value >= split << 8 ? 1 : 0;
            _value -= bit * (split << 8);
            _range = bit == 1 ? _range - split : split;
            while (_range < 128)
            {
                _range <<= 1;
                _value <<= 1;
                if (++_shifted == 8)
                {
                    _shifted = 0;
                    _value |= _rest.IsEmpty ? 0 : _rest[0];
                    _rest = _rest.IsEmpty ? [] : _rest[1..];
                }
            }

            return bit;
        }
    }
}
