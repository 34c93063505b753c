using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>Keeps the exceptions that were logged.</summary>
internal sealed class FaultLog<T> : ILogger<T>
{
    public ConcurrentQueue<Exception> Faults { get; } = new();

    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
        {
            Assert.Equal(LogLevel.Error, logLevel);
            Lines.Enqueue(formatter(state, exception));
            Faults.Enqueue(exception);
        }
    }
}
