using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Benchmarks;

/// <summary>
/// What one video packet of 1,200 bytes costs from the encoded frame to the protected datagram, against the bare cipher. Goal: nothing
/// allocated, and within twice a bare AES-GCM.
/// </summary>
[MemoryDiagnoser]
public class SendPacketBenchmarks
{
    private const int PacketLength = 1_200;
    private const byte TransportSequenceId = 3;
    private const byte MidId = 4;

    private readonly byte[] _frame = new byte[64 * 1024];
    private readonly byte[] _buffer = new byte[1_500];
    private readonly byte[] _nonce = new byte[12];
    private readonly Vp8Packetizer _packetizer = new(0);
    private AesGcm _bare = null!;
    private SrtpContext _gcm = null!;
    private SrtpContext _counterMode = null!;
    private int _fragmentLength;
    private ushort _sequence;

    [GlobalSetup]
    public void Setup()
    {
        RandomNumberGenerator.Fill(_frame);
        _bare = new AesGcm(_frame.AsSpan(0, 16), 16);
        _gcm = Make(SrtpProfile.AeadAes128Gcm);
        _counterMode = Make(SrtpProfile.Aes128CmHmacSha1_80);
        _fragmentLength = PacketLength - WriteHeader() - Vp8Packetizer.DescriptorLength;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _bare.Dispose();
        _gcm.Dispose();
        _counterMode.Dispose();
    }

    [Benchmark(Baseline = true, Description = "bare AesGcm.Encrypt")]
    public void Bare()
    {
        var packet = _buffer.AsSpan();
        var body = packet[12..PacketLength];
        _bare.Encrypt(_nonce, body, body, packet.Slice(PacketLength, 16), packet[..12]);
    }

    [Benchmark(Description = "packetise + AEAD_AES_128_GCM")]
    public int Gcm() => Send(_gcm);

    [Benchmark(Description = "packetise + AES_CM_128_HMAC_SHA1_80")]
    public int CounterMode() => Send(_counterMode);

    private int Send(SrtpContext context)
    {
        _packetizer.Begin(_frame.AsSpan(0, _fragmentLength), PacketLength);
        var length = WriteHeader();
        length += _packetizer.WriteNext(_frame.AsSpan(0, _fragmentLength), _buffer.AsSpan(length));
        return context.ProtectRtp(_buffer, length);
    }

    private int WriteHeader()
    {
        var header = new RtpHeaderWriter(_buffer, true, 96, ++_sequence, 90_000, 7);
        header.AddTransportSequence(TransportSequenceId, _sequence);
        header.Add(MidId, "0"u8);
        return header.Finish();
    }

    private SrtpContext Make(SrtpProfile profile) =>
        new(profile, _frame.AsSpan(0, SrtpContext.KeyLength(profile)), _frame.AsSpan(16, SrtpContext.SaltLength(profile)));
}
