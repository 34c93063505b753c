namespace Holdfast.Speech;

/// <summary>In whose words numbers and signs are said.</summary>
internal enum SpokenLanguage
{
    English,
    Chinese,

    /// <summary>Its voice reads numbers by itself.</summary>
    Other,
}
