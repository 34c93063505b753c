namespace Holdfast.Lab.Line.Relayed;

/// <summary>Who can send over a real line, one connection after the other.</summary>
internal interface ILineSource
{
    /// <summary>As the report names it.</summary>
    string Name { get; }

    Task<ILineSender> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>One connection of a sender.</summary>
internal interface ILineSender : IAsyncDisposable
{
    /// <summary>Answers the peer's offer (SDP).</summary>
    Task<string> AnswerAsync(string offer, CancellationToken cancellationToken);

    /// <summary>Begins to speak.</summary>
    Task SpeakAsync(CancellationToken cancellationToken);

    /// <summary>Where words began in the sound, by its timestamps; none where nobody tells.</summary>
    IReadOnlyList<uint> Words { get; }
}
