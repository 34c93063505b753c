using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Holdfast.AspNetCore.Http;
using Holdfast.Lab.Peer;
using Holdfast.Speech;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Server.Tests.Http;

/// <summary>Places where recordings are taken in, and those who hold them for nothing.</summary>
[Trait("Speed", "Slow")]
public sealed class SlowUploadTests : IAsyncLifetime
{
    private readonly List<Socket> _slow = [];
    private readonly PeerHost _peers = new(TimeProvider.System);
    private RunningServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _slow.ForEach(static socket => socket.Dispose());
        await _peers.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_sends_slowly_with_a_session_or_without_keeps_nobody_else_from_being_heard()
    {
        var person = await Person.ConnectAsync(_server, _peers);
        var other = await Person.ConnectAsync(_server, _peers);
        for (var i = 0; i < 8; i++)
        {
            await BeginAsync("/humanaudio", "Content-Type: multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n");
            await BeginAsync(other.Path + "/audio", $"Authorization: Bearer {other.Token}", "RIFF");
        }

        foreach (var socket in _slow)
        {
            Assert.StartsWith("HTTP/1.1 100", await AnswerAsync(socket), StringComparison.Ordinal);
        }

        using var response = await SendAsync(person);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.All(_slow, static socket => Assert.Equal(0, socket.Available)); // None had to be given up first.
    }

    [Fact]
    public async Task An_address_is_read_from_a_few_times_at_once_and_another_does_not_wait_for_it()
    {
        var person = await Person.ConnectAsync(_server, _peers);
        for (var i = 0; i < Uploads.AtOncePerAddress; i++)
        {
            var socket = await BeginAsync(person.Path + "/audio", $"Authorization: Bearer {person.Token}\r\nX-Forwarded-For: 203.0.113.5", "RIFF");
            Assert.StartsWith("HTTP/1.1 100", await AnswerAsync(socket), StringComparison.Ordinal);
        }

        var next = SendAsync(person, "203.0.113.5");
        using var other = await SendAsync(person, "203.0.113.6").WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        Assert.False(next.IsCompleted);

        _slow[0].Dispose();
        using var later = await next.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, later.StatusCode);
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up_and_one_that_comes_as_a_thin_line_carries_it_is_not()
    {
        var time = new FakeTimeProvider();
        var line = new Pipe();
        await using var steady = new SteadyStream(line.Reader, most: 1_000_000, time);
        var buffer = new byte[SteadyStream.Pace];
        for (var second = 0; second < 60; second++)
        {
            var read = steady.ReadAsync(buffer, Cancel);
            time.Advance(TimeSpan.FromSeconds(1));
            await line.Writer.WriteAsync(buffer, Cancel);
            Assert.Equal(SteadyStream.Pace, await read);
        }

        var last = steady.ReadAsync(buffer, Cancel);
        time.Advance(SteadyStream.Patience - TimeSpan.FromSeconds(1));
        Assert.False(last.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StatusCodes.Status408RequestTimeout, (await Assert.ThrowsAsync<BadHttpRequestException>(async () => await last)).StatusCode);
    }

    [Fact]
    public async Task A_byte_now_and_then_is_standing_still_too()
    {
        var time = new FakeTimeProvider();
        var line = new Pipe();
        await using var steady = new SteadyStream(line.Reader, most: 1_000_000, time);
        var seconds = 0;
        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(async () =>
        {
            for (; seconds < 100; seconds++)
            {
                await line.Writer.WriteAsync(new byte[1], Cancel);
                await steady.ReadExactlyAsync(new byte[1], Cancel);
                time.Advance(TimeSpan.FromSeconds(1));
            }
        });
        Assert.Equal(StatusCodes.Status408RequestTimeout, refused.StatusCode);
        Assert.Equal((int)SteadyStream.Patience.TotalSeconds + 1, seconds);
    }

    [Fact]
    public async Task A_body_without_a_length_that_is_too_large_is_refused()
    {
        var time = new FakeTimeProvider();
        await using var steady = new SteadyStream(PipeReader.Create(new MemoryStream(new byte[100])), most: 99, time);
        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(async () => await steady.CopyToAsync(Stream.Null, Cancel));
        Assert.Equal(StatusCodes.Status413PayloadTooLarge, refused.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(Person person, string? from = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, person.Path + "/audio") { Content = new ByteArrayContent(WavFile.Write(new short[1_600], 16_000)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        if (from is not null)
        {
            request.Headers.Add("X-Forwarded-For", from);
        }

        return await _server.Http.SendAsync(request, Cancel);
    }

    /// <summary>Begins to send, and does not go on.</summary>
    private async Task<Socket> BeginAsync(string path, string headers, string body)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _slow.Add(socket);
        await socket.ConnectAsync(IPAddress.Loopback, _server.Http.BaseAddress!.Port, Cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n{headers}\r\n\r\n{body}"), Cancel);
        return socket;
    }

    private static async Task<string> AnswerAsync(Socket socket)
    {
        var buffer = new byte[2_048];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Cancel));
    }
}
