namespace Holdfast.Dialogue.Tests.Listening;

/// <summary>What a conversation is told of a person's speech, step by step: what is so on the left, what is told on the right.</summary>
public sealed class SpeechToldTests
{
    public static TheoryData<string, string> Tables => new()
    {
        { "a question", "speaks: began | turn 1: | 'one': word 1 one | ended: ended | wanted 1: | recognised: recognised 1 one" },
        { "one that was recognised at the pause", "speaks: began | turn 1: | 'one': word 1 one | recognised: | ended: ended | wanted 1: recognised 1 one" },
        { "words that come before the turn is known", "speaks: began | 'one': | turn 1: word 1 one" },
        { "the same words again", "speaks: began | turn 1: | 'one': word 1 one | 'one': | 'one two': word 1 one two" },
        { "a cough", "speaks: began | turn 1: | ended: ended | wanted 1: | '': | recognised: recognised 1" },
        { "a breath", "speaks: began | turn 1: | ended: ended | wanted 1: | goes on: began | 'one': word 1 one | recognised: | ended: ended | wanted 1: recognised 1 one" },
        { "noise", "speaks: began | turn 1: | noise: | ended: | recognised: over" },
        { "noise that was a word", "speaks: began | turn 1: | noise: | 'stop': began | turn 2: word 2 stop | ended: ended" },
        { "something that waits for a recording", "speaks: began | turn 1: | waits: | ended: | whole: ended" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void It_is_told_in_its_order_and_once(string what, string table)
    {
        Assert.NotEmpty(what);
        var told = new SpeechTold();
        var speech = new SpeechStanding(Text: null, IsRecognised: false, HasEnded: false, IsWaiting: false);
        foreach (var row in table.Split(" | "))
        {
            var (so, expected) = (row[..row.IndexOf(':', StringComparison.Ordinal)], row[(row.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            speech = Happens(told, speech, so);
            Assert.Equal(expected.TrimStart(), AllOf(told, speech));
        }
    }

    private static SpeechStanding Happens(SpeechTold told, SpeechStanding speech, string so)
    {
        switch (so.Split(' ')[0])
        {
            case "speaks":
                return speech;
            case "turn":
                told.On(new TurnEffect.Listen(so[^1] - '0'));
                return speech;
            case "wanted":
                told.On(new TurnEffect.Recognise(so[^1] - '0'));
                return speech;
            case "noise":
                told.On(new TurnEffect.TakeForNoise(1));
                return speech;
            case "goes":
                told.GoOn();
                return speech with { HasEnded = false, IsRecognised = false };
            case "ended":
                return speech with { HasEnded = true };
            case "recognised":
                return speech with { IsRecognised = true };
            case "waits":
                return speech with { IsWaiting = true };
            case "whole":
                return speech with { IsWaiting = false };
            default:
                return speech with { Text = so.Trim('\'') };
        }
    }

    private static string AllOf(SpeechTold told, SpeechStanding speech)
    {
        List<string> all = [];
        var wasOver = told.IsOver;
        while (told.Next(speech) is { } input)
        {
            all.Add(input switch
            {
                TurnInput.VoiceBegan => "began",
                TurnInput.VoiceEnded => "ended",
                TurnInput.WordRecognised word => $"word {word.Turn} {word.Text}",
                TurnInput.Recognised recognised => $"recognised {recognised.Turn} {recognised.Text}",
                _ => input.ToString(),
            });
        }

        return all.Count == 0 && told.IsOver && !wasOver ? "over" : string.Join(", ", all).TrimEnd();
    }
}
