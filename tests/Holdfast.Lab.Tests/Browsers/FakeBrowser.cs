using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Holdfast.Lab.Browsers;

namespace Holdfast.Lab.Tests.Browsers;

/// <summary>The far end of a browser's WebSocket, which answers what a test has it answer.</summary>
internal sealed class FakeBrowser : IAsyncDisposable
{
    private readonly WebSocket _socket;

    private FakeBrowser(WebSocket socket, MessageSocket driver) => (_socket, Driver) = (socket, driver);

    /// <summary>What is under test.</summary>
    public MessageSocket Driver { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<FakeBrowser> StartAsync(TimeProvider time)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndpoint, Cancellation);
        var far = await listener.AcceptSocketAsync(Cancellation);
        return new FakeBrowser(
            Over(far, isServer: true), new MessageSocket(Over(near, isServer: false), time, static () => "Fake wrote last: nothing to see"));
    }

    /// <summary>The next call that arrives.</summary>
    public async Task<JsonElement> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        var count = 0;
        while (true)
        {
            var result = await _socket.ReceiveAsync(buffer.AsMemory(count), Cancellation);
            count += result.Count;
            if (result.EndOfMessage)
            {
                return JsonDocument.Parse(buffer.AsMemory(0, count)).RootElement.Clone();
            }
        }
    }

    public Task SendAsync(string text, bool isWhole = true) => SendAsync(Encoding.UTF8.GetBytes(text), isWhole);

    public Task SendAsync(byte[] bytes, bool isWhole = true) => _socket.SendAsync(bytes, WebSocketMessageType.Text, isWhole, Cancellation);

    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);

    /// <summary>As when its process dies.</summary>
    public void Die() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        _socket.Dispose();
    }

    private static WebSocket Over(Socket socket, bool isServer) =>
        WebSocket.CreateFromStream(new NetworkStream(socket, ownsSocket: true), new WebSocketCreationOptions { IsServer = isServer });
}
