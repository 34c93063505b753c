using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Lab.Network.Isolated;

/// <summary>
/// Answers for one name in a network namespace, as a provider's DNS server does, over UDP port 53 (RFC 1035 section 4). Whatever it is asked, it does not throw.
/// </summary>
internal sealed class NameServer : IAsyncDisposable
{
    /// <summary>How long an answer may be kept: not at all, so that a device whose names are taken away notices.</summary>
    public const uint TimeToLiveSeconds = 0;

    private const int Port = 53;
    private const int HeaderLength = 12;

    // RFC 1035 section 2.3.4: what a datagram may be long without extensions.
    private const int MaximumLength = 512;
    private const ushort Internet = 1;
    private const ushort AddressRecord = 1;
    private const int NoSuchName = 3;

    private readonly Socket _socket;
    private readonly byte[] _name;
    private readonly IPAddress _address;
    private readonly Task _serving;

    private NameServer(Socket socket, string name, IPAddress address)
    {
        (_socket, _name, _address) = (socket, Encode(name), address);
        _serving = ServeAsync();
    }

    /// <param name="networkNamespace">Where it listens, on all addresses.</param>
    /// <param name="name">The only name there is.</param>
    /// <param name="address">What it stands for; IPv4.</param>
    /// <exception cref="IsolationException">There is no such namespace.</exception>
    public static NameServer Start(string networkNamespace, string name, IPAddress address)
    {
        var socket = NetworkNamespace.CreateSocket(networkNamespace, SocketType.Dgram);
        socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        return new NameServer(socket, name, address);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _serving;
    }

    /// <summary>Answers a datagram.</summary>
    /// <returns>The answer's length; 0 where it is no question that can be answered.</returns>
    internal static int Answer(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, IPAddress address, Span<byte> answer)
    {
        // A query (QR and Opcode 0) with one question, whose name is not compressed.
        if (query.Length is < HeaderLength or > MaximumLength || (query[2] & 0xF8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(query[4..]) != 1)
        {
            return 0;
        }

        var end = HeaderLength;
        while (end < query.Length && query[end] is > 0 and < 64)
        {
            end += 1 + query[end];
        }

        if (end + 5 > query.Length || query[end] != 0)
        {
            return 0;
        }

        end++;
        var isKnown = Ascii.EqualsIgnoreCase(query[HeaderLength..end], name);
        var hasAddress = isKnown
            && BinaryPrimitives.ReadUInt16BigEndian(query[end..]) == AddressRecord && BinaryPrimitives.ReadUInt16BigEndian(query[(end + 2)..]) == Internet;
        end += 4;

        query[..end].CopyTo(answer);
        answer[2] = (byte)(0x84 | (query[2] & 0x01)); // An answer, authoritative; recursion as it was asked for.
        answer[3] = (byte)(0x80 | (isKnown ? 0 : NoSuchName)); // As the device's own server: it would ask others.
        BinaryPrimitives.WriteUInt16BigEndian(answer[6..], hasAddress ? (ushort)1 : (ushort)0);
        answer[8..HeaderLength].Clear();
        if (!hasAddress)
        {
            return end;
        }

        var record = answer[end..];
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | HeaderLength); // The question's name.
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], AddressRecord);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], Internet);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], TimeToLiveSeconds);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        address.TryWriteBytes(record[12..], out var written);
        return end + 12 + written;
    }

    /// <summary>A name as it is written in questions: each label after its length, and an empty one.</summary>
    internal static byte[] Encode(string name) =>
        [.. name.Split('.').SelectMany(static label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private async Task ServeAsync()
    {
        var query = new byte[MaximumLength + 1];
        var answer = new byte[2 * MaximumLength];
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(query, new IPEndPoint(IPAddress.Any, 0));
                var length = Answer(query.AsSpan(0, received.ReceivedBytes), _name, _address, answer);
                if (length > 0)
                {
                    await _socket.SendToAsync(answer.AsMemory(0, length), received.RemoteEndPoint);
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // Who asked has gone; the next one may still be there.
            }
        }
    }
}
