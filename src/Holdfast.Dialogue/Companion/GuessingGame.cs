using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>
/// Guess a number from 1 to 100. What it needs is in the conversation itself, so that a game goes on wherever the conversation does: the round
/// is said when it begins, and the number follows from the session and the round.
/// </summary>
internal sealed partial class GuessingGame
{
    public const int Highest = 100;

    private readonly int _number;
    private readonly int _guesses;

    private GuessingGame(int number, int guesses) => (_number, _guesses) = (number, guesses);

    /// <summary>The game that is being played, or null.</summary>
    public static GuessingGame? Find(IReadOnlyList<ChatMessage> messages, long seed)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role != ChatRole.Assistant)
            {
                continue;
            }

            var text = messages[i].Text;
            if (CompanionWords.EndsGame(text))
            {
                return null;
            }

            if (Round().Match(text) is { Success: true } match)
            {
                var guesses = messages.Skip(i + 1).Count(static message => message.Role == ChatRole.User && Guess(message.Text) is not null);
                return new GuessingGame(NumberOf(seed, int.Parse(match.Groups["round"].ValueSpan, CultureInfo.InvariantCulture)), guesses);
            }
        }

        return null;
    }

    /// <summary>The round that would begin now.</summary>
    public static int RoundAfter(IReadOnlyList<ChatMessage> messages) => 1 + messages
        .Where(static message => message.Role == ChatRole.Assistant)
        .Select(static message => Round().Match(message.Text))
        .Where(static match => match.Success)
        .Select(static match => int.Parse(match.Groups["round"].ValueSpan, CultureInfo.InvariantCulture))
        .DefaultIfEmpty(0)
        .Max();

    /// <summary>What is said to a guess, or to giving up; null where it is neither.</summary>
    public string? Answer(string question, CompanionWords words)
    {
        if (words.GivesUp(question))
        {
            return words.GaveUp(_number);
        }

        return Guess(question) switch
        {
            null => null,
            < 1 or > Highest => words.OutOfRange,
            { } guess when guess < _number => words.Higher(guess),
            { } guess when guess > _number => words.Lower(guess),
            _ => words.Found(_number, _guesses),
        };
    }

    internal static int NumberOf(long seed, int round)
    {
        // SplitMix64: any two rounds have nothing to do with each other.
        var x = unchecked((ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)(round + 1)));
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EBUL);
        return 1 + (int)((x ^ (x >> 31)) % Highest);
    }

    private static int? Guess(string text)
    {
        var match = Number().Match(text);
        return match.Success && int.TryParse(match.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : NumberWords.Of(text);
    }

    [GeneratedRegex(@"(Round|第) ?(?<round>\d{1,6})( ?局)?[:：]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Round();

    [GeneratedRegex(@"\d{1,9}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
