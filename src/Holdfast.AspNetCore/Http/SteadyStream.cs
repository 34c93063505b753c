using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// A body that has to come at a pace: whoever sends slower than the slowest line that sound is for would hold its place for as long as they like. The
/// web server's own limit of some bytes a second is for keeping a connection, not a place.
/// </summary>
/// <param name="body">What is read from.</param>
/// <param name="most">Bytes at the most.</param>
/// <param name="time">The clock.</param>
internal sealed class SteadyStream(PipeReader body, long most, TimeProvider time) : Stream
{
    /// <summary>Bytes a second, on the average: what a line of 64 kbit/s carries.</summary>
    public const int Pace = 8 * 1024;

    /// <summary>How late a body may be: a line may stand still for a while.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly long _began = time.GetTimestamp();
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var left = Patience + TimeSpan.FromSeconds((double)_read / Pace) - time.GetElapsedTime(_began);
        if (left <= TimeSpan.Zero)
        {
            throw TooSlow();
        }

        // Whoever goes away ends this read; to cancel it by a token would leave the connection with a read under way.
        ReadResult result;
        await using (time.CreateTimer(static reader => ((PipeReader)reader!).CancelPendingRead(), body, left, Timeout.InfiniteTimeSpan))
        {
            result = await body.ReadAsync(CancellationToken.None);
        }

        if (result.IsCanceled)
        {
            body.AdvanceTo(result.Buffer.Start);
            throw TooSlow();
        }

        var taken = result.Buffer.Slice(0, Math.Min(buffer.Length, result.Buffer.Length));
        taken.CopyTo(buffer.Span);
        var read = (int)taken.Length;
        body.AdvanceTo(taken.End);
        _read += read;
        return _read <= most ? read : throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static BadHttpRequestException TooSlow() => new("The body came too slowly.", StatusCodes.Status408RequestTimeout);
}
