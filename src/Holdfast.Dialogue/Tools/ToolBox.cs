using System.Text.Json;
using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>The tools that models may call: the app's own functions, and those of the tool servers.</summary>
public interface IToolSource
{
    /// <summary>The tools there are now. Called at each turn; quick, and never throws.</summary>
    IReadOnlyList<AIFunction> Tools { get; }
}

/// <summary>A tool as it is called during a turn: watched, bounded in time and in what it answers, and never more than a sentence to the model when it fails.</summary>
/// <param name="inner">The tool.</param>
/// <param name="watch">Is told of the call.</param>
/// <param name="timeout">How long it may take.</param>
/// <param name="maxTokens">How much of its result a model is told.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchedTool(AIFunction inner, IToolWatch watch, TimeSpan timeout, int maxTokens, TimeProvider time) : DelegatingAIFunction(inner)
{
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var call = watch.OnCalling(Name);
        var failed = true;
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var alarm = Alarm.Set(bounded, timeout, time);
        try
        {
            // A tool that does not listen to its token is not waited for, nor one that never gives its thread back.
            var until = bounded.Token;
            (var told, failed) = await Task.Run(() => CallAsync(arguments, until), CancellationToken.None).WaitAsync(until).ConfigureAwait(false);
            return told;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && bounded.IsCancellationRequested)
        {
            // Also where the tool answered its token with an error of its own: why it ended is the time.
            return $"Error: the tool {Name} took longer than {timeout.TotalSeconds:0} seconds and was given up.";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            watch.OnFailed(Name, exception);
            return $"Error: the tool {Name} failed.";
        }
        finally
        {
            call.Dispose();
            watch.OnCalled(Name, time.GetElapsedTime(began), failed);
        }
    }

    private async Task<(string? Told, bool Failed)> CallAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var result = await base.InvokeCoreAsync(arguments, cancellationToken).ConfigureAwait(false);

        // A tool server tells of a failure in its result (Model Context Protocol, tools/call).
        var failed = result is JsonElement { ValueKind: JsonValueKind.Object } told && told.TryGetProperty("isError", out var isError) && isError.ValueKind is JsonValueKind.True;
        return (await ToolText.OfAsync(result, maxTokens, JsonSerializerOptions, cancellationToken).ConfigureAwait(false), failed);
    }
}

/// <summary>Is told of the tools that are called during a turn.</summary>
internal interface IToolWatch
{
    /// <summary>A tool is being called; what is returned is disposed of when it answered.</summary>
    IDisposable OnCalling(string name);

    /// <summary>A tool threw.</summary>
    void OnFailed(string name, Exception exception);

    /// <summary>A tool answered, or failed.</summary>
    void OnCalled(string name, TimeSpan took, bool failed);
}
