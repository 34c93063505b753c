using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// Reads the body of a request, strictly (<see cref="JsonBody"/>), and hands it to the endpoint; a filter, so that nothing is read for whoever
/// an earlier filter turned away.
/// </summary>
internal sealed class BodyFilter<T> : IEndpointFilter
    where T : class
{
    private readonly bool _isOptional;

    public BodyFilter(bool isOptional) => _isOptional = isOptional;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var (body, refusal) = await JsonBody.ReadAsync<T>(http, RequestBody.LimitFor(http), _isOptional);
        if (refusal is not null)
        {
            return refusal;
        }

        http.Features.Set(new RequestBody.Read<T>(body));
        return await next(context);
    }
}

/// <summary>The bodies that endpoints ask for.</summary>
internal static class RequestBody
{
    /// <summary>An offer of 64 KiB in JSON, where every line break is two characters, with room to spare.</summary>
    public const long UsualLimit = 256 * 1024;

    /// <summary>The longest that JSON makes of one UTF-16 unit: \uXXXX.</summary>
    private const int MaxBytesPerUnit = 6;

    /// <summary>The endpoint takes a JSON object, which it finds with <see cref="Of"/>. What its members may be is said by the type's attributes.</summary>
    public static RouteHandlerBuilder WithBody<T>(this RouteHandlerBuilder endpoint, bool isOptional = false)
        where T : class => endpoint
        .AddEndpointFilter(new BodyFilter<T>(isOptional))
        .Accepts<T>(isOptional, "application/json", "application/*+json")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>The body of this request.</summary>
    public static T Of<T>(HttpContext http)
        where T : class => OfOptional<T>(http) ?? throw new InvalidOperationException("The endpoint said that its body is optional.");

    /// <summary>The body of this request, or null where it has none.</summary>
    public static T? OfOptional<T>(HttpContext http)
        where T : class => http.Features.GetRequiredFeature<Read<T>>().Body;

    /// <summary>Bytes that are read at the most: the usual, and more where longer texts are allowed.</summary>
    internal static long LimitFor(HttpContext http)
    {
        var options = (IOptions<HoldfastOptions>)http.RequestServices.GetService(typeof(IOptions<HoldfastOptions>))!;
        return Math.Max(UsualLimit, (options.Value.MaxTextLength * (long)MaxBytesPerUnit) + 4096);
    }

    internal sealed record Read<TBody>(TBody? Body)
        where TBody : class;
}
