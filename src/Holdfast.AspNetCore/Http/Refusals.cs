using System.Globalization;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Holdfast.AspNetCore.Http;

/// <summary>What a client is told that asked for a session when there was no place for it: which limit it met, and when to ask again.</summary>
internal static class Refusals
{
    /// <summary>Those who are being connected are connected, or give up, within seconds.</summary>
    private const int SoonSeconds = 5;

    /// <summary>What is held is held for minutes.</summary>
    private const int LaterSeconds = 30;

    public static ProblemHttpResult Of(HttpContext http, AdmissionLimit limit, HoldfastOptions options)
    {
        var seconds = limit is AdmissionLimit.HeldFromAddress or AdmissionLimit.OfUser or AdmissionLimit.Unattended ? LaterSeconds : SoonSeconds;
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return limit switch
        {
            AdmissionLimit.Sessions => Full(
                "sessions", $"All {options.MaxSessions} sessions of this server are taken. Try again in a moment."),
            AdmissionLimit.Negotiating => Full(
                "negotiating", "As many people are being connected as can be at once. Try again in a moment."),
            AdmissionLimit.NegotiatingFromAddress => TooMany(
                "negotiatingPerAddress",
                $"{options.MaxNegotiatingPerAddress} sessions from your address are being connected, which is as many as may be. Try again in a moment."),
            AdmissionLimit.HeldFromAddress => TooMany(
                "heldPerAddress",
                $"{options.MaxHeldPerAddress} sessions from your address have lost their connection and are kept. Come back to one of them, or try again later."),
            AdmissionLimit.OfUser => Problems.Create(
                ProblemKind.TooManyOfUser, $"You have {options.MaxSessionsPerUser} sessions, which is as many as may be. End one of them, or come back to it."),
            AdmissionLimit.HeadRoom => Full(
                "headRoom", "This server has no time left for one more: those who are there would lose words. Try again in a moment."),
            AdmissionLimit.Unattended => Full(
                "unattended", $"There are {options.MaxUnattended} sessions without a viewer, which is as many as may be. End one of them."),
        };
    }

    private static ProblemHttpResult Full(string limit, string detail) => Problems.Create(ProblemKind.Full, detail, [new("limit", limit)]);

    private static ProblemHttpResult TooMany(string limit, string detail) =>
        Problems.Create(ProblemKind.TooManyFromAddress, detail, [new("limit", limit)]);
}
