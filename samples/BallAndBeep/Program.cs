using BallAndBeep;
using Holdfast.Media;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHoldfast();
builder.Services.AddSingleton<IShowFactory, BallFactory>();

var app = builder.Build();
app.MapHoldfast();
app.MapGet("/", () => Results.Content(
    """
    <!doctype html>
    <html lang="en">
    <title>A ball and a beep</title>
    <script type="module" src="/holdfast/player.js"></script>
    <holdfast-player></holdfast-player>
    """,
    "text/html"));
app.Run();
