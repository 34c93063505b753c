using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Http;

/// <summary>A call about one session, named in its JSON body.</summary>
internal static class SessionCall
{
    /// <summary>Reads the body, finds the session, and does what is to be done with it.</summary>
    public static RequestDelegate Of(Func<HttpContext, RequestMembers, Session, Task<IResult>> call) => async http =>
    {
        var result = await AnswerAsync(http, call).ConfigureAwait(false);
        await result.ExecuteAsync(http).ConfigureAwait(false);
    };

    /// <summary>The same, where nothing is waited for.</summary>
    public static RequestDelegate Of(Func<HttpContext, RequestMembers, Session, IResult> call) =>
        Of((http, members, session) => Task.FromResult(call(http, members, session)));

    private static async Task<IResult> AnswerAsync(HttpContext http, Func<HttpContext, RequestMembers, Session, Task<IResult>> call)
    {
        var (members, failure) = await RequestMembers.ReadAsync(http).ConfigureAwait(false);
        if (members is null)
        {
            return failure!;
        }

        var (session, missing) = await http.RequestServices.GetRequiredService<SessionFinder>().FindAsync(http, members.Session).ConfigureAwait(false);
        return session is null ? missing! : await call(http, members, session).ConfigureAwait(false);
    }
}
