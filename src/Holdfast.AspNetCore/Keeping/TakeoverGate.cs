using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore;

/// <summary>Keeps requests waiting that reach a newer server in the moment before it has the sessions of the older one.</summary>
internal sealed class TakeoverGate : IStartupFilter
{
    private volatile TaskCompletionSource? _opening;

    public void Close() => _opening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        var opening = _opening;
        _opening = null;
        opening?.TrySetResult();
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(WaitAsync);
        next(app);
    };

    private Task WaitAsync(HttpContext http, RequestDelegate next) => _opening is { Task: var opened } ? AfterAsync(opened, http, next) : next(http);

    private static async Task AfterAsync(Task opened, HttpContext http, RequestDelegate next)
    {
        await opened.WaitAsync(http.RequestAborted);
        await next(http);
    }
}
