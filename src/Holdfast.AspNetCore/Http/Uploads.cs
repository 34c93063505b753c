using System.Threading.RateLimiting;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// Recordings that clients send. Reading one keeps nobody else waiting, however slowly it comes: one address (IPv6: one /64) is read from a
/// few times at once, and what comes too slowly is given up (<see cref="SteadyStream"/>). Only what is there as a whole takes one of the places
/// where sound is decoded, which wait for nobody.
/// </summary>
internal static class Uploads
{
    /// <summary>Files that are read from one address at a time; further ones wait. Loopback has no limit: it may be a proxy that does not say for whom it asks.</summary>
    public const int AtOncePerAddress = 4;

    /// <summary>Files that are decoded at a time, of all sessions: each takes its bytes and its sound, 24 MB together at the most.</summary>
    private const int DecodedAtOnce = 4;

    /// <summary>What is kept in memory of a file that is still coming; the rest is on the disk.</summary>
    private const int InMemory = 64 * 1024;

    private static readonly SemaphoreSlim Decoding = new(DecodedAtOnce);

    private static readonly PartitionedRateLimiter<ClientNetwork?> Reading = PartitionedRateLimiter.Create<ClientNetwork?, ClientNetwork>(static network =>
        network is { } one
            ? RateLimitPartition.GetConcurrencyLimiter(one, static _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = AtOncePerAddress,
                QueueLimit = int.MaxValue,
            })
            : RateLimitPartition.GetNoLimiter(default(ClientNetwork)));

    /// <summary>Has a body read: waits for the turn of its address, and sees to it that it comes at a pace.</summary>
    /// <param name="http">The request.</param>
    /// <param name="most">Bytes of the body at the most.</param>
    /// <param name="read">Reads the request's body.</param>
    /// <exception cref="BadHttpRequestException">It came too slowly (408), or is too large (413).</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, long most, Func<Task<T>> read)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = most;
        }

        using var turn = await Reading.AcquireAsync(ClientNetwork.Of(http.Connection.RemoteIpAddress), cancellationToken: http.RequestAborted);
        var body = http.Request.Body;
        await using var steady = new SteadyStream(http.Request.BodyReader, most, TimeProvider.System);
        http.Request.Body = steady;
        try
        {
            return await read();
        }
        finally
        {
            http.Request.Body = body;
        }
    }

    /// <summary>Hears the file that is the body; null where it is too large.</summary>
    /// <param name="http">The request.</param>
    /// <param name="most">Its bytes at the most.</param>
    /// <param name="longest">How long it may last.</param>
    /// <exception cref="BadHttpRequestException">It came too slowly.</exception>
    public static async Task<SoundFileResult?> HearAsync(HttpContext http, long most, TimeSpan longest)
    {
        if (http.Request.ContentLength > most)
        {
            return null;
        }

        await using var file = new FileBufferingWriteStream(InMemory);
        try
        {
            var length = await ReadAsync(http, most, async () =>
            {
                await http.Request.Body.CopyToAsync(file);
                return file.Length;
            });
            return await DecodeAsync(to => file.DrainBufferAsync(to, http.RequestAborted), (int)length, longest, http.RequestAborted);
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    /// <summary>Hears a file that is there as a whole.</summary>
    /// <param name="copy">Copies it.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="longest">How long it may last.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SoundFileResult> DecodeAsync(Func<Stream, Task> copy, int length, TimeSpan longest, CancellationToken cancellationToken)
    {
        await Decoding.WaitAsync(cancellationToken);
        try
        {
            using var bytes = new MemoryStream(length);
            await copy(bytes);

            // Some hundred milliseconds of work: not on the threads that answer everybody.
            return await Task.Run(() => SoundFile.Decode(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), longest), cancellationToken);
        }
        finally
        {
            Decoding.Release();
        }
    }
}
