using Holdfast.Speech.Tests;

namespace Holdfast.Server.Tests;

/// <summary>People who are understood on this machine, without any service: the whole way from their microphone to the answer.</summary>
[Trait("Speed", "Slow")]
public sealed class WhisperListeningTests
{
    [Fact]
    public async Task A_model_on_this_machine_hears_the_person_and_nobody_else_is_asked()
    {
        var directory = Directory.CreateTempSubdirectory("holdfast-whisper-");
        try
        {
            var model = TinyWhisper.Write(directory.FullName, [" What", " time", " is", " it", "?"], ["现", "在", "几", "点", "？"]);
            await using var service = await OpenAiServer.StartAsync();
            service.Say("It is noon.");
            await using var talk = await Talk.BeginAsync(
                service, "--Holdfast:Listening:BaseUrl=", $"--Holdfast:Listening:WhisperModel={model}", "--Holdfast:Listening:Language=zh-CN");

            await talk.SayAsync("What time is it?");

            var events = await talk.EventsUntil("turnEnded");
            var heard = events.Last(static happened => happened.Kind is "heard").Data;
            Assert.True(heard.GetProperty("final").GetBoolean());
            Assert.Equal("现在几点？", heard.GetProperty("text").GetString());
            var asked = Assert.Single(service.Requests);
            Assert.Equal("现在几点？", asked.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());
            Assert.Empty(service.Heard);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
