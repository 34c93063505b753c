using Microsoft.Extensions.AI;
using OwnVoice;

var builder = WebApplication.CreateBuilder(args);

// This voice says everything. AddVoice("whistle", ...) adds it beside the voices of the house instead: a session then asks for "whistle/high".
builder.Services.AddSingleton<ITextToSpeechClient, Whistle>();
builder.Services.AddHoldfast().AddAvatar();

var app = builder.Build();
app.MapHoldfast();
app.MapGet("/", () => Results.Content(
    """
    <!doctype html>
    <html lang="en">
    <title>Lin whistles</title>
    <script type="module" src="/holdfast/player.js"></script>
    <holdfast-player avatar="lin"></holdfast-player>
    """,
    "text/html"));
app.Run();
