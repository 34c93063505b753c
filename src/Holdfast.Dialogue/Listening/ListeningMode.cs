namespace Holdfast.Dialogue;

/// <summary>When the person is heard.</summary>
internal enum ListeningMode
{
    /// <summary>When they speak.</summary>
    HandsFree,

    /// <summary>While they hold a button.</summary>
    PushToTalk,
}
