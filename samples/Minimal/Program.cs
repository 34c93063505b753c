var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHoldfast().AddAvatar();

var app = builder.Build();
app.MapHoldfast();
app.MapGet("/", () => Results.Content(
    """
    <!doctype html>
    <html lang="en">
    <title>Talk to Lin</title>
    <script type="module" src="/holdfast/player.js"></script>
    <holdfast-player avatar="lin"></holdfast-player>
    """,
    "text/html"));
app.Run();
