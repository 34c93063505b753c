using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHoldfast().AddAvatar();
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(static options =>
{
    options.LoginPath = "/login";

    // A page is sent to the login; a script is told 401.
    options.Events.OnRedirectToLogin = static context =>
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    };
});
builder.Services.AddAuthorization();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();

// Only who is logged in starts a session. Every other call is its owner's, who has the resume token.
app.MapHoldfast().Start.RequireAuthorization();

app.MapGet("/login", () => Results.Content(
    """
    <!doctype html>
    <html lang="en">
    <title>Who are you?</title>
    <form method="post"><label>Name <input name="name" required></label> <button>Log in</button></form>
    """,
    "text/html"));

// In place of this: your own login. A form that changes anything wants an antiforgery token.
app.MapPost("/login", async (HttpContext http) =>
{
    var name = (await http.Request.ReadFormAsync())["name"].ToString();
    var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], CookieAuthenticationDefaults.AuthenticationScheme);
    await http.SignInAsync(new ClaimsPrincipal(identity));
    return Results.Redirect("/");
});

app.MapGet("/", () => Results.Content(
    """
    <!doctype html>
    <html lang="en">
    <title>Talk to Lin</title>
    <script type="module" src="/holdfast/player.js"></script>
    <holdfast-player avatar="lin"></holdfast-player>
    """,
    "text/html")).RequireAuthorization();
app.Run();
