namespace Holdfast.Lab.Validation;

/// <summary>One of the five questions, answered.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="IsYes">The answer.</param>
/// <param name="Measured">What the answer rests on, a line each.</param>
/// <param name="Problem">Why it is no; null where it is yes.</param>
internal sealed record ValidationStep(string Name, bool IsYes, IReadOnlyList<string> Measured, string? Problem);

/// <summary>The answers about one server.</summary>
internal sealed record ValidationReport(string Server, DateTimeOffset At, IReadOnlyList<ValidationStep> Steps)
{
    public bool IsYes => Steps.All(step => step.IsYes);
}

/// <summary>Something that should have been and was not; the message is a sentence for a person.</summary>
internal sealed class ValidationException(string message) : Exception(message);
