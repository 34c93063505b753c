namespace Holdfast.Docs;

/// <summary>The table of contents, beside every page. What is not named here is reached by links.</summary>
internal static class Contents
{
    public static IReadOnlyList<Chapter> English { get; } =
    [
        new("Start", [new("README.md", "Overview"), new("docs/glossary.md", "Glossary")]),
        new("Build with it", [
            new("docs/embedding.md", "Embedding"), new("docs/client.md", "Browser client"), new("docs/http-api.md", "HTTP API"),
            new("docs/conversation.md", "Conversation"), new("docs/voices.md", "Voices"), new("docs/livetalking.md", "Coming from LiveTalking")]),
        new("Run it", [
            new("docs/deployment.md", "Deployment"), new("docs/configuration.md", "Configuration"), new("docs/observability.md", "Observability"),
            new("SECURITY.md", "Security")]),
        new("How it works", [
            new("docs/architecture.md", "Architecture"), new("docs/protocol.md", "Protocol"), new("docs/adr/README.md", "Decisions")]),
        new("How well", [
            new("docs/performance.md", "Performance"), new("docs/lab.md", "The lab"), new("docs/evidence/README.md", "Evidence")]),
        new("The project", [
            new("CHANGELOG.md", "Changes"), new("docs/releases.md", "Releases"), new("CONTRIBUTING.md", "Contributing")]),
    ];

    public static IReadOnlyList<Chapter> Chinese { get; } =
    [
        new("中文文档", [
            new("docs/zh/glossary.md", "术语表"), new("docs/zh/embedding.md", "嵌入到自己的应用"), new("docs/zh/deployment.md", "部署"),
            new("docs/zh/conversation.md", "对话"), new("docs/zh/livetalking.md", "从 LiveTalking 过来")]),
        new("English", [new("README.md", "Overview"), new("docs/http-api.md", "HTTP API"), new("docs/configuration.md", "Configuration")]),
    ];
}

/// <summary>A heading of the table of contents, and what stands below it.</summary>
internal sealed record Chapter(string Title, IReadOnlyList<ContentsLine> Lines);

/// <summary>A document of the table of contents.</summary>
/// <param name="Source">Its file, from the repository's root.</param>
/// <param name="Title">What people read.</param>
internal sealed record ContentsLine(string Source, string Title);
