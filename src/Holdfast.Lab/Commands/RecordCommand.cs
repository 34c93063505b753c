using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Media;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab record: the pictures of an idle session, decoded, for another server to show the same.</summary>
internal static class RecordCommand
{
    public const string Help = """
        holdfast-lab record [--pictures N] --out FILE URL

        Writes the next N pictures (250) of a session as they are decoded: I420, one behind the other, no header. Prints their size.
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var count = arguments.Number("--pictures", 1, 100_000) ?? 250;
        var path = arguments.Text("--out") ?? throw new UsageException("Give a file: --out FILE");
        var address = arguments.Address();
        arguments.End();

        await using var host = new PeerHost(time);
        using var http = HoldfastApi.CreateClient(address);
        var service = new HoldfastService(new HoldfastApi(http));
        using var decoder = new Vp8Decoder();
        await using var file = Create(path);
        var (session, _) = await LabSession.StartAsync(host, service, new LabSessionOptions(), cancellationToken);
        await using var __ = session;
        var (written, size) = (0, "");
        session.Line.With((peer, _) => peer.Media!.Video.OnPicture = (in picture, frame) =>
        {
            if (written < count && decoder.TryDecode(frame, out var decoded))
            {
                file.Write(decoded.Data);
                size = $"{decoded.Width}x{decoded.Height}";
                written++;
            }
        });

        // A restart of the path brings a key frame, where decoding can begin.
        await session.RecoverAsync(1, cancellationToken);
        var isComplete = await session.Line.WaitAsync((_, _) => written == count, Limit, cancellationToken);
        session.Line.With((peer, _) => peer.Media!.Video.OnPicture = null);
        await session.CloseAsync(cancellationToken);
        Console.WriteLine(size);
        return isComplete ? ExitCode.Fine : ExitCode.NotFine;
    }

    private static FileStream Create(string path)
    {
        try
        {
            return File.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out: {e.Message}");
        }
    }
}
