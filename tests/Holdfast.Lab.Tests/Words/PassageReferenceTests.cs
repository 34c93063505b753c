using Holdfast.Lab.Tests.Kit;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Tests.Words;

/// <summary>What a server speaks is learnt from itself, and is the same passage that its voice makes without a network.</summary>
public sealed class PassageReferenceTests(RealServer server) : IClassFixture<RealServer>
{
    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_passage_learnt_from_the_server_finds_its_words_in_the_voice_and_no_others()
    {
        string[][] sentences = [["alpha", "bravo", "charlie", "delta"], ["echo", "foxtrot", "golf", "hotel"]];

        var learnt = await PassageReference.RecordAsync(server.Peers, server.Service, sentences, TestContext.Current.CancellationToken);

        var (voice, _) = await Voice.SpeakAsync(sentences);
        var heard = new WordSpotter(learnt).Spot(voice.Sound);
        TestContext.Current.TestOutputHelper!.WriteLine($"{heard}\ndifference at most {heard.Hearings.Max(static hearing => hearing.Difference):F1} dB");
        Assert.Equal(sentences.SelectMany(static words => words), heard.Heard, StringComparer.Ordinal);
        Assert.Empty(heard.Lost);

        var cut = voice.Sound.ToArray();
        var golf = voice.Words[6];
        cut.AsSpan(golf.Start * MelSpectrum.Hop, golf.Frames.Length * MelSpectrum.Hop).Clear();
        Assert.Equal(["golf"], new WordSpotter(learnt).Spot(cut).Lost);
    }
}
