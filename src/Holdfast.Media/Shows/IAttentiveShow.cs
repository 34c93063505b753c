namespace Holdfast.Media;

/// <summary>A show whose looks follow the conversation: towards the person who speaks, away for a moment while it thinks.</summary>
public interface IAttentiveShow : IShow
{
    /// <summary>What the conversation is at. From any thread; again and again it is the same. Speech that is heard takes precedence.</summary>
    void Attend(Attention attention);
}

/// <summary>What a show pays attention to while it says nothing.</summary>
public enum Attention
{
    /// <summary>Nothing in particular.</summary>
    None,

    /// <summary>The person speaks.</summary>
    Listening,

    /// <summary>The answer is being thought about.</summary>
    Thinking,
}
