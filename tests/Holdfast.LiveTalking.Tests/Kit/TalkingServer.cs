using Holdfast.Lab.Peer;

namespace Holdfast.LiveTalking.Tests;

/// <summary>One server for all tests of a class that do not change its settings: with a model, a recogniser, an operator, and visitors' peers.</summary>
public sealed class TalkingServer : IAsyncLifetime
{
    internal static readonly (string Name, string Value) Operator = ("X-Api-Key", "operator-key-0123456789abcdef");
    internal static readonly (string Name, string Value) Site = ("X-Api-Key", "sessions-key-0123456789abcdef");

    /// <summary>An avatar that has a language of its own.</summary>
    internal const string German = "kai";

    internal string Recordings { get; } = Directory.CreateTempSubdirectory("holdfast-livetalking-").FullName;

    internal OpenAiServer Model { get; private set; } = null!;

    internal RunningServer Server { get; private set; } = null!;

    internal PeerHost Peers { get; } = new(TimeProvider.System);

    /// <summary>Offers that nothing follows stay for as long as a test may take on a busy machine.</summary>
    internal static string PatientSetup => "--Holdfast:SetupTimeoutSeconds=300";

    public async ValueTask InitializeAsync()
    {
        Model = await OpenAiServer.StartAsync();
        Server = await RunningServer.StartAsync(
        [
            .. Settings(Model),
            PatientSetup,
            $"--Holdfast:Dialogue:LanguageByAvatar:{German}=de",
            $"--Holdfast:Recording:Directory={Recordings}",
            "--Holdfast:Recording:KeepFreeMegabytes=0",
            $"--Holdfast:Access:Keys:boss:Key={Operator.Value}",
            "--Holdfast:Access:Keys:boss:Role=Operator",
            $"--Holdfast:Access:Keys:site:Key={Site.Value}",
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        await Peers.DisposeAsync();
        await Server.DisposeAsync();
        await Model.DisposeAsync();
        Directory.Delete(Recordings, recursive: true);
    }

    /// <summary>A server that asks this model and has it recognise.</summary>
    internal static string[] Settings(OpenAiServer model) =>
    [
        "--Holdfast:Dialogue:Models:local:BaseUrl=" + model.Url,
        "--Holdfast:Dialogue:Models:local:Model=tiny",
        "--Holdfast:Dialogue:Models:local:Key=s3cret",
        "--Holdfast:Listening:BaseUrl=" + model.Url,
        "--Holdfast:Listening:Key=s3cret",
    ];
}
