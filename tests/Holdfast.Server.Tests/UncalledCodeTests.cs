namespace Holdfast.Server.Tests;

/// <summary>What only tests and the lab call is theirs, and is not in the product's assemblies; what nobody calls is nowhere.</summary>
public sealed class UncalledCodeTests
{
    private static readonly string[] Products = ["AspNetCore", "Avatar", "Dialogue", "LiveTalking", "Media", "Rtc", "Server", "Sessions", "Speech"];

    private static readonly string[] OfOthers =
    [
        // The seams at which time is made, and datagrams arrive, by hand.
        "Holdfast.Media.MediaPacer::RunDueTicks/0",
        "Holdfast.Rtc.Ice.ControllingIceAgent::CheckNow/1",
        "Holdfast.Rtc.RtcEndpoint::Deliver/2",

        // What an outage does to the wire is looked at from within.
        "Holdfast.Rtc.RtcPeer::PictureTimestampOf/1",

        // ASP.NET Core asks for both where it may be given either (IParsable).
        "Holdfast.Sessions.SessionId::Parse/2",

        // For apps that embed Holdfast; the server's voices are its settings'.
        "Microsoft.Extensions.DependencyInjection.SpeechServiceCollectionExtensions::AddHoldfastVoice/4",
        "Microsoft.Extensions.DependencyInjection.SpeechServiceCollectionExtensions::AddVoice/4",
    ];

    [Fact]
    public void What_the_product_has_the_product_calls()
    {
        var assemblies = Products.Select(static name => Path.Combine(AppContext.BaseDirectory, $"Holdfast.{name}.dll"));

        // ASP.NET Core calls a middleware by its name.
        var methods = new CalledMethods(assemblies, static (type, method) => type.EndsWith("Middleware", StringComparison.Ordinal) && method is "InvokeAsync");
        Assert.Equal(OfOthers, methods.Uncalled, StringComparer.Ordinal);
    }
}
