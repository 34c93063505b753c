using System.Net.Sockets;

namespace Holdfast.Lab.Network;

/// <summary>One client's way through a relay.</summary>
internal sealed class RelayFlow : IDisposable
{
    private readonly Func<Socket, Task> _receive;

    /// <param name="socket">Towards the server.</param>
    /// <param name="toServer">What happens on the way to the server.</param>
    /// <param name="toClient">What happens on the way back.</param>
    /// <param name="receive">Receives from a socket until it is closed.</param>
    public RelayFlow(Socket socket, ImpairedLink toServer, ImpairedLink toClient, Func<Socket, Task> receive)
    {
        (Socket, ToServer, ToClient, _receive) = (socket, toServer, toClient, receive);
        Receiving = receive(socket);
    }

    public Socket Socket { get; private set; }

    public ImpairedLink ToServer { get; }

    public ImpairedLink ToClient { get; }

    /// <summary>Ends when the socket is closed.</summary>
    public Task Receiving { get; private set; }

    /// <summary>Goes on from another port; what still comes to the old one is lost, as at a NAT.</summary>
    public void Rebind(Socket socket)
    {
        var old = Socket;
        Socket = socket;
        Receiving = _receive(socket);
        old.Dispose();
    }

    public void Dispose() => Socket.Dispose();
}
