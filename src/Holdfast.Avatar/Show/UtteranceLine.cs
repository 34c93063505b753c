using System.Diagnostics.CodeAnalysis;
using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>What a show was given to say and has not ended yet, in order, bounded in number and length.</summary>
/// <remarks>Not thread-safe: its owner calls it under its lock.</remarks>
/// <param name="maxUtterances">How many there may be.</param>
/// <param name="maxText">How long they may be together, in UTF-16 units.</param>
internal sealed class UtteranceLine(int maxUtterances, int maxText)
{
    private const int CharactersOfAction = 100;
    private const int SamplesPerCharacter = SoundFormat.SampleRate / 110;

    private readonly Queue<(Utterance Utterance, SpokenBefore? From)> _waiting = new();

    // Accepted and not yet ended, in order; the waiting ones are among them.
    private readonly List<Utterance> _alive = [];
    private int _text;

    /// <summary>How many are not ended.</summary>
    public int Count => _alive.Count;

    /// <summary>Puts one at the end.</summary>
    /// <returns>False where there is too much already.</returns>
    public bool TryAdd(Utterance utterance, SpokenBefore? from)
    {
        if (_alive.Count >= maxUtterances || _text + CostOf(utterance) > maxText)
        {
            return false;
        }

        _alive.Add(utterance);
        _waiting.Enqueue((utterance, from));
        _text += CostOf(utterance);
        return true;
    }

    /// <summary>The next one whose turn it is to be made; it stays until it has ended.</summary>
    public bool TryNext([NotNullWhen(true)] out Utterance? utterance, out SpokenBefore? from)
    {
        var isThere = _waiting.TryDequeue(out var next);
        (utterance, from) = next;
        return isThere;
    }

    /// <summary>One has ended.</summary>
    /// <returns>False where there is none of this name: its end was told already.</returns>
    public bool Forget(string id)
    {
        for (var i = 0; i < _alive.Count; i++)
        {
            if (string.Equals(_alive[i].Id, id, StringComparison.Ordinal))
            {
                _text -= CostOf(_alive[i]);
                _alive.RemoveAt(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets all, and gives them.</summary>
    public Utterance[] Clear()
    {
        Utterance[] all = [.. _alive];
        _alive.Clear();
        _waiting.Clear();
        _text = 0;
        return all;
    }

    /// <summary>Of what may wait: a text its characters, a sound about 110 a second, so that three minutes of it are as much as may be.</summary>
    private static int CostOf(Utterance utterance) =>
        utterance.Text.Length + (utterance.Sound.Length / SamplesPerCharacter) + (utterance.Action is null ? 0 : CharactersOfAction);
}

/// <summary>What another show had done of an utterance.</summary>
/// <param name="Mark">Up to where it was heard.</param>
/// <param name="Made">What it had made from there; null where that is not here.</param>
internal sealed record SpokenBefore(SpeechMark Mark, MadeSpeech? Made);
