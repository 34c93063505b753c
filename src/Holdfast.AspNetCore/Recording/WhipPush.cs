using System.Net.Sockets;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Recording;

/// <summary>A session streamed over WebRTC to a WHIP server (RFC 9725): the packets that a viewer gets, encoded once.</summary>
/// <param name="session">What is streamed.</param>
/// <param name="target">The name of the target.</param>
/// <param name="address">Its address.</param>
/// <param name="token">The bearer token; null where it wants none.</param>
/// <param name="whip">Speaks WHIP's HTTP.</param>
/// <param name="endpoint">Makes connections.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what happens to it.</param>
internal sealed class WhipPush(
    Session session, string target, Uri address, string? token, WhipClient whip, RtcEndpoint endpoint, TimeProvider time, ILogger logger)
    : SessionPush(session, target, time, logger, KeyFrameInterval)
{
    /// <summary>A server asks for those that it needs.</summary>
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(60);

    /// <summary>How long the server has for its answer, and for the word that this is over.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(2);

    private volatile string _videoCodec = Vp8Codec.CodecName;

    /// <summary>What the server takes, of what was offered.</summary>
    public override string VideoCodec => _videoCodec;

    /// <inheritdoc/>
    protected override async Task<PushFailure> StreamAsync(VideoFormat video, CancellationToken ending)
    {
        WhipSession? begun = null;
        try
        {
            await using var publication = endpoint.Publish();
            using var late = new CancellationTokenSource(Patience, Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ending);
            begun = await whip.OfferAsync(address, token, publication.Offer, either.Token).ConfigureAwait(false);
            return publication.TryAccept(begun.Answer, out var error)
                ? new PushFailure(await SendAsync(publication, ending).ConfigureAwait(false))
                : new PushFailure(error);
        }
        catch (WhipException refused)
        {
            return new PushFailure(refused.Message, refused.InnerException?.Message, refused.NotBefore);
        }
        catch (OperationCanceledException)
        {
            return new PushFailure("The server did not answer in time.");
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return new PushFailure("There is no socket for the stream.", exception.Message);
        }
        finally
        {
            if (begun is not null)
            {
                // Also of a server that has just gone: it may be back, and have kept what it had of this.
                using var late = new CancellationTokenSource(PatienceAtTheEnd, Time);
                await whip.EndAsync(begun, token, late.Token).ConfigureAwait(false);
            }
        }
    }

    /// <returns>Why nothing more is sent.</returns>
    private async Task<string> SendAsync(RtcPublication publication, CancellationToken ending)
    {
        await Task.WhenAny(publication.Connected, publication.Ended).WaitAsync(ending).ConfigureAwait(false);
        if (!publication.Ended.IsCompleted)
        {
            OnReached();
            _videoCodec = publication.VideoCodec ?? Vp8Codec.CodecName;
            BeginAnew();
            RtcTime? began = null;

            // Something comes each 20 ms for as long as the session lives, so an end is noticed at once.
            await foreach (var packet in ReadAllAsync(ending).ConfigureAwait(false))
            {
                var at = (began ??= endpoint.Now) + packet.Time;
                _ = packet.IsVideo
                    ? publication.SendVideo(at, packet.Bytes.AsSpan(0, packet.Length), packet.IsKeyFrame)
                    : publication.SendAudio(at, packet.Bytes.AsSpan(0, packet.Length));
                Return(packet);
                if (publication.TakeKeyFrameRequest())
                {
                    AskForKeyFrame();
                }

                if (publication.Ended.IsCompleted)
                {
                    break;
                }
            }
        }

        return publication.Ended.IsCompletedSuccessfully ? WordsFor(publication.Ended.Result) : "It was ended.";
    }

    private static string WordsFor(RtcReason reason) => reason switch
    {
        RtcReason.ClosedByPeer => "The server ended the stream.",
        RtcReason.SetupTimeout => "No media connection came about: the server could not be reached by UDP.",
        RtcReason.Silence => "The server fell silent.",
        RtcReason.FingerprintMismatch => "The server's certificate is another than its answer promised.",
        RtcReason.NoSrtpProfile or RtcReason.HandshakeFailed => "The handshake with the server failed.",
        RtcReason.InternalError => "Something went wrong in the connection; the log tells more.",
        RtcReason.ClosedLocally or RtcReason.EndpointStopped or RtcReason.ClientReached or RtcReason.HandshakeCompleted => "It was ended.",
    };
}
