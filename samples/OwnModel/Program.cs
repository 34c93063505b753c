using Microsoft.Extensions.AI;
using OwnModel;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHoldfast().AddAvatar().AddDialogue();

// Any IChatClient: of OpenAI, Ollama, Azure, ... or, as here, one that needs no network.
builder.Services.AddSingleton<IChatClient, Parrot>();

// What the model may call.
builder.Services.AddSingleton(AIFunctionFactory.Create(() => DateTimeOffset.Now.ToString("t"), "time_of_day", "Tells the time of day."));

var app = builder.Build();
app.MapHoldfast();
app.MapGet("/", () => Results.Content(
    """
    <!doctype html>
    <html lang="en">
    <title>Ask Lin</title>
    <script type="module" src="/holdfast/player.js"></script>
    <holdfast-player avatar="lin"></holdfast-player>
    """,
    "text/html"));
app.Run();
