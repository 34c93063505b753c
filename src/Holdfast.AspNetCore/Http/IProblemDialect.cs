using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Holdfast.AspNetCore.Http;

/// <summary>Endpoint metadata: failures of these endpoints that somebody else noticed (login, limits, an exception) are told in another API's words.</summary>
internal interface IProblemDialect
{
    /// <summary>The same problem as that API tells it.</summary>
    IResult Translate(ProblemHttpResult problem, HttpContext http);
}
