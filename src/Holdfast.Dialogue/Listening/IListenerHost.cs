namespace Holdfast.Dialogue;

/// <summary>Takes what a listener hears. From any thread; returns at once.</summary>
internal interface IListenerHost
{
    /// <summary>The language that the person speaks; null where that of the settings counts.</summary>
    string? Language { get; }

    /// <summary>Something happened to the person's voice.</summary>
    void OnVoice(TurnInput input);

    /// <summary>Something was said while the connection was lost, and came later.</summary>
    void OnSaidInTheGap(string text);

    /// <summary>Something was said, and could not be recognised.</summary>
    /// <param name="turn">The turn it belongs to; 0 where it has none.</param>
    /// <param name="exception">Why.</param>
    void OnNotHeard(long turn, Exception exception);

    /// <summary>Something failed that the person need not know of.</summary>
    void OnFault(Exception exception);
}
